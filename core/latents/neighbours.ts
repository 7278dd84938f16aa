/**
 * The nearest latents of each latent, by direction and by firing together.
 *
 * @module
 */
import type { HostCodes } from "../codes.ts";
import type { Engine } from "../engine.ts";
import { type HostTensor, sizeOf } from "../tensor.ts";

/** The nearest latents of each latent, nearest first. */
export interface Neighbours {
  /** How many each latent has. */
  readonly count: number;
  /** The neighbours, `[dSae, count]`; -1 where there is none. */
  readonly latent: Int32Array;
  /** Their cosines, `[dSae, count]`. */
  readonly cosine: Float32Array;
}

function none(dSae: number, count: number): Neighbours {
  return {
    count,
    latent: new Int32Array(dSae * count).fill(-1),
    cosine: new Float32Array(dSae * count),
  };
}

/** Inserts a latent among another's nearest if it is near enough; ties go to the lower latent. */
function keep(
  { count, latent, cosine }: Neighbours,
  of: number,
  other: number,
  exact: number,
): void {
  const first = of * count, end = first + count;
  // Rounded as it will be stored, so that ties stay ties.
  const value = Math.fround(exact);
  const isNearer = (slot: number): boolean =>
    latent[slot]! < 0 || value > cosine[slot]! ||
    (value === cosine[slot] && other < latent[slot]!);
  if (!isNearer(end - 1)) return;
  let slot = end - 1;
  for (; slot > first && isNearer(slot - 1); slot--) {
    latent[slot] = latent[slot - 1]!;
    cosine[slot] = cosine[slot - 1]!;
  }
  latent[slot] = other;
  cosine[slot] = value;
}

/** Rows of the product that are held at once. */
const blockRows = 256;

/** The `count` latents whose directions, the rows of `directions` `[dSae, dModel]`, have the largest cosines with each latent's. */
export async function nearestByDirection(
  engine: Engine,
  directions: HostTensor,
  count: number,
): Promise<Neighbours> {
  const [dSae, dModel] = directions.shape as [number, number];
  const unit = unitRows(directions), found = none(dSae, count);
  await engine.tidy(async () => {
    const all = engine.tensor(unit, [dSae, dModel]);
    for (let start = 0; start < dSae; start += blockRows) {
      const rows = Math.min(blockRows, dSae - start);
      const cosines = await engine.tidy(async () => {
        const part = unit.subarray(start * dModel, (start + rows) * dModel);
        const block = engine.tensor(part, [rows, dModel]);
        const product = engine.matmul(block, all, { transposeB: true });
        return await engine.read(await product);
      });
      for (let row = 0; row < rows; row++) {
        keepRow(found, start + row, cosines.subarray(row * dSae), dSae);
      }
    }
  });
  return found;
}

function keepRow(
  found: Neighbours,
  of: number,
  cosines: Float32Array,
  dSae: number,
): void {
  const last = (of + 1) * found.count - 1;
  for (let other = 0; other < dSae; other++) {
    // Most are not near enough, so this quick check comes first.
    const isFull = found.latent[last]! >= 0;
    if (isFull && cosines[other]! <= found.cosine[last]!) continue;
    if (other !== of) keep(found, of, other, cosines[other]!);
  }
}

/** Rows divided by their norms; a row of zeros stays zero. */
function unitRows({ data, shape }: HostTensor): Float32Array {
  const width = shape[1]!, unit = new Float32Array(sizeOf(shape));
  for (let start = 0; start < data.length; start += width) {
    const row = data.subarray(start, start + width);
    const norm = Math.sqrt(row.reduce((sum, x) => sum + x * x, 0)) || 1;
    row.forEach((x, i) => unit[start + i] = x / norm);
  }
  return unit;
}

/**
 * The `count` latents that most often fire together with each latent, by the
 * cosine of the sets of rows on which they fire, `|A ∩ B| / √(|A|·|B|)`
 * (Ochiai's coefficient).
 */
export function nearestByFiring(codes: HostCodes, count: number): Neighbours {
  const [, dSae] = codes.shape, { offsets, latents } = codes;
  const found = none(dSae, count), { starts, rows } = rowsByLatent(codes);
  const together = new Uint32Array(dSae);
  for (let latent = 0; latent < dSae; latent++) {
    const others: number[] = [];
    for (let i = starts[latent]!; i < starts[latent + 1]!; i++) {
      const row = rows[i]!;
      for (let entry = offsets[row]!; entry < offsets[row + 1]!; entry++) {
        const other = latents[entry]!;
        if (together[other]!++ === 0) others.push(other);
      }
    }
    const own = starts[latent + 1]! - starts[latent]!;
    for (const other of others) {
      const theirs = starts[other + 1]! - starts[other]!;
      const cosine = together[other]! / Math.sqrt(own * theirs);
      if (other !== latent) keep(found, latent, other, cosine);
      together[other] = 0;
    }
  }
  return found;
}

/** The rows on which each latent fires, sorted by latent, and where each latent's start. */
function rowsByLatent({ shape: [, dSae], offsets, latents }: HostCodes) {
  const starts = new Uint32Array(dSae + 1);
  for (const latent of latents) starts[latent + 1]!++;
  for (let i = 0; i < dSae; i++) starts[i + 1]! += starts[i]!;
  const next = starts.slice(), rows = new Uint32Array(latents.length);
  for (let row = 0; row + 1 < offsets.length; row++) {
    for (let entry = offsets[row]!; entry < offsets[row + 1]!; entry++) {
      rows[next[latents[entry]!]!++] = row;
    }
  }
  return { starts, rows };
}
