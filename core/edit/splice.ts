/**
 * Puts a dictionary into the network in place of the activations.
 *
 * @module
 */
import type { Codes, HostCodes } from "../codes.ts";
import type { LatentEdit, PlaceOf } from "./edit_latents.ts";
import type { Dictionary } from "../sparsifier.ts";
import type { HostTensor, Tensor } from "../tensor.ts";
import { tokenShape } from "./token_shape.ts";
import type { EditOptions, TokenFilter } from "./token_filter.ts";

/** Options for {@linkcode splice}. `where` says which tokens are spliced; others stay. */
export interface SpliceOptions extends EditOptions {
  /** Whether to keep the part that the dictionary does not explain. */
  readonly keepError?: boolean | undefined;
  /** The edit of the latents, if any. */
  readonly edit?: LatentEdit | undefined;
}

/** Tokens encoded at once: few enough to bound memory, enough for a fast product. */
const rowsAtOnce = 4096;

/**
 * Passes activations `x`, `[images, tokens, width]`, through a dictionary. With
 * codes `z = encode(x)` as at inference and `z′ = edit(z)`, the result is
 *
 * - `x′ = decode(z′)` without `keepError`, the default: what the dictionary misses
 *   is lost, so the result measures the dictionary;
 * - `x′ = x + (decode(z′) − decode(z))` with `keepError`: what it misses stays, so
 *   the result measures the edit (Marks et al., 2024, arXiv:2403.19647). A token
 *   whose latents do not change keeps every bit; without an edit nothing is
 *   computed.
 *
 * `x` is not changed. Tokens are encoded once, 4096 at a time, so only the result
 * grows with their number. An engine does one thing at a time: wait for one
 * splice before the next.
 *
 * @throws {RangeError} When `x` is not `[images, tokens, width]` or not of the
 * dictionary's width, or `edit` names a latent that does not exist or returns
 * invalid codes.
 *
 * @example A token whose only latent is ablated keeps its error and `b_dec`
 * ```ts
 * import { ablateLatents } from "tessera";
 * import { splice } from "tessera";
 * import { reference } from "../../plugins/engines/reference/mod.ts";
 * import { topK } from "../../plugins/sparsifiers/top_k.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * const engine = reference();
 * const sparsifier = topK({ dSae: 2, k: 1, init: "random", bDec: "zeros", alphaAux: 0 });
 * const axes = engine.tensor(Float32Array.of(1, 0, 0, 1), [2, 2]);
 * const params = {
 *   W_enc: axes,
 *   W_dec: axes,
 *   b_enc: engine.fill(0, [2]),
 *   b_dec: engine.fill(0, [2]),
 * };
 * const dictionary = { engine, sparsifier, params };
 * const x = { data: Float32Array.of(3, 1), shape: [1, 1, 2] };
 *
 * const spliced = await splice(x, dictionary);
 * deepEqual(spliced.data, Float32Array.of(3, 0));
 * const edit = ablateLatents([0]);
 * const ablated = await splice(x, dictionary, { keepError: true, edit });
 * deepEqual(ablated.data, Float32Array.of(0, 1));
 * ```
 */
export async function splice(
  x: HostTensor,
  dictionary: Dictionary,
  { keepError = false, where, edit }: SpliceOptions = {},
): Promise<HostTensor> {
  const [, tokens, width] = tokenShape(x), data = x.data.slice();
  checkWidth(width, dictionary.params.W_dec?.shape[1] ?? width);
  if (keepError && !edit) return { data, shape: x.shape };
  for (const rows of rowBlocks(x, where)) {
    const placeOf: PlaceOf = (row) => [
      Math.floor(rows[row]! / tokens),
      rows[row]! % tokens,
    ];
    await spliceRows(dictionary, {
      x: { data: gather(x.data, rows, width), shape: [rows.length, width] },
      edit: edit && ((codes) => edit(codes, placeOf)),
      keepError,
      write: (row, token) => data.set(token, rows[row]! * width),
    });
  }
  return { data, shape: x.shape };
}

/** A splice of some tokens. */
interface RowSplice {
  /** The tokens, `[rows, width]`. */
  readonly x: HostTensor;
  /** The edit of the latents. */
  readonly edit: ((codes: HostCodes) => HostCodes) | undefined;
  readonly keepError: boolean;
  /** Receives the new activations of a row. */
  write(row: number, token: Float32Array): void;
}

/** Splices some tokens and writes those that change. */
async function spliceRows(
  { engine, sparsifier, params }: Dictionary,
  { x, edit, keepError, write }: RowSplice,
): Promise<void> {
  const [rows, width] = x.shape as [number, number];
  const decode = (codes: Codes): Tensor =>
    sparsifier.decode(engine, params, codes);
  await engine.tidy(async () => {
    const input = engine.tensor(x.data, x.shape);
    const codes = await sparsifier.encode(engine, params, input);
    const before = edit && await engine.readCodes(codes);
    // A copy, so that an edit that overwrites its input is noticed too.
    const after = before && checked(edit!(structuredClone(before)), before);
    const changed = (row: number): boolean =>
      !keepError || rowDiffers(row, before!, after!);
    const which = Array.from({ length: rows }, (_, row) => row).filter(changed);
    if (which.length === 0) return;
    const decoded = decode(after ? engine.codes(after) : codes);
    checkWidth(width, decoded.shape[1]!);
    const spliced = keepError
      ? engine.add(input, engine.sub(decoded, decode(codes)))
      : decoded;
    const y = await engine.read(spliced);
    for (const row of which) {
      write(row, y.subarray(row * width, (row + 1) * width));
    }
  });
}

function checkWidth(width: number, expected: number): void {
  if (width === expected) return;
  throw new RangeError(
    `Cannot splice a dictionary of width ${expected} into activations of width ${width}: was it trained at another hook?`,
  );
}

/** The chosen tokens as `image · tokens + token`, a block at a time. */
function* rowBlocks(
  x: HostTensor,
  where: TokenFilter | undefined,
): Generator<readonly number[]> {
  const [images, tokens] = tokenShape(x);
  let block: number[] = [];
  for (let row = 0; row < images * tokens; row++) {
    if (where && !where(Math.floor(row / tokens), row % tokens)) continue;
    block.push(row);
    if (block.length < rowsAtOnce) continue;
    yield block;
    block = [];
  }
  if (block.length > 0) yield block;
}

function gather(
  data: Float32Array,
  rows: readonly number[],
  width: number,
): Float32Array {
  const out = new Float32Array(rows.length * width);
  rows.forEach((row, i) =>
    out.set(data.subarray(row * width, (row + 1) * width), i * width)
  );
  return out;
}

/** Whether a row differs in its latents or values. */
function rowDiffers(row: number, a: HostCodes, b: HostCodes): boolean {
  const [start, other] = [a.offsets[row]!, b.offsets[row]!];
  const length = a.offsets[row + 1]! - start;
  if (b.offsets[row + 1]! - other !== length) return true;
  for (let i = 0; i < length; i++) {
    if (a.latents[start + i] !== b.latents[other + i]) return true;
    if (a.values[start + i] !== b.values[other + i]) return true;
  }
  return false;
}

/** Checks the codes that an edit returned, since engines do not. */
function checked(codes: HostCodes, { shape }: HostCodes): HostCodes {
  const { offsets, latents, values } = codes;
  const fills = codes.shape.join() === shape.join() &&
    offsets.length === shape[0] + 1 && offsets[0] === 0 &&
    offsets.at(-1) === latents.length && latents.length === values.length;
  if (fills && rowsAscend(codes)) return codes;
  throw new RangeError(
    `Cannot use the codes that an edit gave: they must be [${
      shape.join(", ")
    }], with as many values as latents, and latents that ascend within a row and are less than ${
      shape[1]
    }`,
  );
}

function rowsAscend(
  { shape: [rows, dSae], offsets, latents }: HostCodes,
): boolean {
  for (let row = 0; row < rows; row++) {
    if (offsets[row]! > offsets[row + 1]!) return false;
    for (let entry = offsets[row]!; entry < offsets[row + 1]!; entry++) {
      if (latents[entry]! >= dSae) return false;
      const first = entry === offsets[row];
      if (!first && latents[entry]! <= latents[entry - 1]!) return false;
    }
  }
  return true;
}
