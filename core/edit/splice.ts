/**
 * Activations and a dictionary in, what the dictionary makes of them out.
 *
 * @module
 */
import type { Codes, HostCodes } from "../codes.ts";
import type { LatentEdit, PlaceOf } from "./edit_latents.ts";
import type { Dictionary } from "../sparsifier.ts";
import type { HostTensor, Tensor } from "../tensor.ts";
import { tokenShape } from "./token_shape.ts";
import type { EditOptions, TokenFilter } from "./token_filter.ts";

/** Options for {@linkcode splice}. `where` says which tokens are spliced: the others stay. */
export interface SpliceOptions extends EditOptions {
  /** Whether what the dictionary does not explain is kept. */
  readonly keepError?: boolean | undefined;
  /** What is done to the latents: nothing when absent. */
  readonly edit?: LatentEdit | undefined;
}

/** Tokens that are encoded at once: as many as bound the memory, and keep the product fast. */
const rowsAtOnce = 4096;

/**
 * Puts a dictionary into the network: of activations `x`
 * `[images, tokens, width]` with codes `z = encode(x)`, selected as at
 * inference, and `z′ = edit(z)`,
 *
 * - `x′ = decode(z′)` with `keepError` off, as it is by default: what the
 *   dictionary misses is lost, so that the result measures the dictionary;
 * - `x′ = x + (decode(z′) − decode(z))` with `keepError` on: what it misses
 *   stays, so that the result measures the edit (Marks et al., 2024,
 *   arXiv:2403.19647). A token whose latents the edit leaves as they are keeps
 *   every bit, and with no edit nothing is computed.
 *
 * `x` stays as it is. Tokens are encoded 4096 at a
 * time, each once: memory does not grow with their number, but for the result.
 * An engine does one thing at a time: wait for one splice before the next.
 *
 * @throws {RangeError} When `x` is not `[images, tokens, width]`, has not the
 * dictionary's width, or `edit` names a latent that it lacks or gives codes
 * that are none.
 *
 * @example Without its only latent that fires, a token is its error and `b_dec`
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

/** A splice of a few tokens. */
interface RowSplice {
  /** The tokens, `[rows, width]`. */
  readonly x: HostTensor;
  /** What is done to the latents. */
  readonly edit: ((codes: HostCodes) => HostCodes) | undefined;
  readonly keepError: boolean;
  /** Takes what becomes of a row. */
  write(row: number, token: Float32Array): void;
}

/** Splices some tokens; writes those that change. */
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
    // A copy: an edit that writes into what it is given is seen all the same.
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

/** Numbers of the chosen tokens, `image · tokens + token`, a block at a time. */
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

/** Whether a row has other latents or other values. */
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

/** The codes that an edit gave, which an engine would take whatever they are. */
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
