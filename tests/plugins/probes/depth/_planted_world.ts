/**
 * A model that writes depth along one known direction at one hook, and says
 * depth from nothing else: what the depth probe must find is known.
 *
 * A patch's colours hold its depth as a cipher, red a key and green the key
 * plus the depth modulo 1, so that no linear probe reads depth before the hook
 * where the model deciphers it.
 *
 * @module
 */
import {
  type Dataset,
  type Encoder,
  type Engine,
  type Hook,
  type HostTensor,
  type HostTensors,
  type ProbeInput,
  randomFrom,
  type RgbImage,
  type Sparsifier,
} from "tessera";
import { reference } from "../../../../plugins/engines/reference/mod.ts";

/** Options for {@linkcode plantedWorld}. */
export interface PlantedWorldOptions {
  /** What the model writes and predicts: depth, or only how low in the picture a patch lies. */
  readonly writes?: "depth" | "position";
  /** Whether the pictures' depth is that of another picture, so that nothing can be found. */
  readonly shuffled?: boolean;
  /** Whether the dataset knows the true depth. */
  readonly truth?: boolean;
  /** How many pictures there are. */
  readonly length?: number;
  /** Share of depth that the place in the picture alone decides. */
  readonly prior?: number;
}

/** Rows and columns of patches. */
export const side = 6;
const patch = 4, width = 12, specials = 1;
const layout = { specials, grid: [side, side] } as const;

/** Where the model can be read, in order. */
export const hooks: readonly Hook[] = [
  { name: "embed", width, layout },
  { name: "blocks.0.resid_post", width, layout },
  { name: "blocks.1.resid_post", width, layout },
  { name: "blocks.2.resid_post", width, layout },
  {
    name: "depth",
    width: 1,
    layout: { specials: 0, grid: [side * patch, side * patch] },
  },
];

/** The hook where depth is written. */
export const plantedHook = "blocks.1.resid_post";

/** The direction along which it is written, of length 1. */
export const plantedDirection: Float32Array = Float32Array.from(
  { length: width },
  (_, d) => d < 6 ? 0 : (d % 2 === 0 ? 1 : -1) / Math.sqrt(width - 6),
);

/** How long a patch of the farthest depth is along it. */
const gain = 8;

/** Depth of each patch as a share of its range, 0 near to 1 far, `[side²]`. */
export function sharesOf(index: number, prior = 0.3): Float64Array {
  const random = randomFrom(11, index);
  const [a, b, c] = [random.next(), random.next(), random.next()];
  return Float64Array.from({ length: side * side }, (_, cell) => {
    const row = Math.floor(cell / side) / (side - 1);
    const col = (cell % side) / (side - 1);
    const own = a + 0.5 * (b - 0.5) * (row - 0.5) + (c - 0.5) * (col - 0.5) +
      0.2 * random.next();
    const share = prior * (1 - row) + (1 - prior) * own;
    return Math.min(0.999, Math.max(0.001, share));
  });
}

/** Metres from a share of the range of depth: 1 to 10, evenly in the logarithm. */
export function metresOf(share: number): number {
  return 10 ** share;
}

/** A world: its input for a probe, and what it is made of. */
export function plantedWorld(
  {
    writes = "depth",
    shuffled = false,
    truth = true,
    length = 60,
    prior = 0.3,
  }: PlantedWorldOptions = {},
): ProbeInput {
  const engine = reference();
  return {
    dataset: plantedDataset({ length, truth, shuffled, prior }),
    heldOut: Uint32Array.from({ length }, (_, i) => i),
    encoder: plantedEncoder(writes),
    hook: plantedHook,
    engine,
    dictionary: plantedDictionary(engine),
  };
}

function plantedDataset(
  { length, truth, shuffled, prior }: Required<
    Omit<PlantedWorldOptions, "writes">
  >,
): Dataset {
  return {
    length,
    get(index) {
      const shares = sharesOf(index, prior);
      const shown = shuffled ? sharesOf(index + 1_000_000, prior) : shares;
      const image = pictureOf(shares, index);
      const depth = {
        width: image.width,
        height: image.height,
        data: overPixels(shown.map(metresOf)),
      };
      return Promise.resolve({
        id: `planted-${index}`,
        image,
        ...truth && { maps: { depth } },
      });
    },
  };
}

function pictureOf(shares: Float64Array, index: number): RgbImage {
  const random = randomFrom(12, index);
  const size = side * patch, data = new Uint8Array(size * size * 3);
  const keys = shares.map(() => random.integer(256));
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const cell = Math.floor(y / patch) * side + Math.floor(x / patch);
      const key = keys[cell]!;
      const cipher = (key + Math.round(255 * shares[cell]!)) % 256;
      data.set([key, cipher, random.integer(256)], 3 * (y * size + x));
    }
  }
  return { data, width: size, height: size };
}

/** A number for each patch, as one for each pixel. */
function overPixels(cells: Float64Array): Float32Array {
  const size = side * patch;
  return Float32Array.from({ length: size * size }, (_, i) => {
    const y = Math.floor(i / size), x = i % size;
    return cells[Math.floor(y / patch) * side + Math.floor(x / patch)]!;
  });
}

/** The model. It can pause at one hook at a time. */
export function plantedEncoder(writes: "depth" | "position"): Encoder {
  const names = hooks.map(({ name }) => name);
  const from = (first: number, x: HostTensor): HostTensors => {
    const values: Record<string, HostTensor> = { [names[first]!]: x };
    for (let i = first + 1; i < hooks.length; i++) {
      // The depth is read where it is written: block 2 only turns the tokens.
      const before = i === 4 ? values[names[2]!] : values[names[i - 1]!];
      if (before) values[names[i]!] = steps[i]!(before, writes);
    }
    return values;
  };
  const pick = (values: HostTensors, wanted: readonly string[]): HostTensors =>
    Object.fromEntries(wanted.map((name) => {
      if (values[name]) return [name, values[name]];
      const error = new Error(`Cannot read "${name}" after the pause`);
      error.name = "ConfigError";
      throw error;
    }));
  return {
    hooks,
    defaultHook: plantedHook,
    provenance: { encoder: "planted" },
    predictions: [{
      hook: "depth",
      kind: "depth",
      meaning: "inverse depth, larger is nearer",
      inverse: true,
    }],
    encode: (images, wanted) =>
      Promise.resolve(pick(from(0, embed(images, writes)), wanted)),
    pause(images, [at]) {
      const first = names.indexOf(at!);
      const activations = pick(from(0, embed(images, writes)), [at!]);
      return Promise.resolve({
        activations,
        resume: (edited = activations, wanted = ["depth"]) =>
          Promise.resolve(pick(from(first, edited[at!]!), wanted)),
      });
    },
    memory: (images) => images * 4 * 4 * (side * side + 1) * width,
    close: () => Promise.resolve(),
  };
}

/**
 * Red, green, blue, row, column and 1 of each patch, then zeros; the special is
 * zeros. A model that only knows position cannot see green, which has the cipher.
 */
function embed(
  images: readonly RgbImage[],
  writes: "depth" | "position",
): HostTensor {
  const tokens = side * side + specials;
  const data = new Float32Array(images.length * tokens * width);
  images.forEach((image, i) => {
    for (let cell = 0; cell < side * side; cell++) {
      const [row, col] = [Math.floor(cell / side), cell % side];
      const pixel = 3 * (row * patch * image.width + col * patch);
      const [r, green, b] = image.data.subarray(pixel, pixel + 3);
      const g = writes === "depth" ? green : 128;
      data.set(
        [r! / 256, g! / 256, b! / 256, row / side, col / side, 1],
        ((i * tokens) + specials + cell) * width,
      );
    }
  });
  return { data, shape: [images.length, tokens, width] };
}

type Step = (x: HostTensor, writes: "depth" | "position") => HostTensor;

/** Each hook from the one before it; the depth from that of block 1. */
const steps: readonly Step[] = [
  (x) => x,
  (x) => eachPatch(x, (token) => token),
  (x, writes) =>
    eachPatch(x, (token) => {
      const share = writes === "depth"
        ? (token[1]! - token[0]! + 1) % 1
        : 1 - token[3]!;
      return token.map((v, d) => v + gain * share * plantedDirection[d]!);
    }),
  (x) =>
    eachPatch(x, (token) => {
      const along = alongPlanted(token);
      const turned = 40 * along / gain;
      return token.map((v, d) =>
        d < 6 ? v : v + (Math.sin(turned + d) - along) * plantedDirection[d]!
      );
    }),
  predicted,
];

function alongPlanted(token: Float32Array): number {
  return token.reduce((sum, v, d) => sum + v * plantedDirection[d]!, 0);
}

function eachPatch(
  { data, shape }: HostTensor,
  change: (token: Float32Array) => Float32Array,
): HostTensor {
  const out = data.slice(), tokens = shape[1]!;
  for (let row = 0; row < data.length / width; row++) {
    if (row % tokens < specials) continue;
    out.set(change(data.subarray(row * width, (row + 1) * width)), row * width);
  }
  return { data: out, shape };
}

/** Inverse depth of each pixel. */
function predicted({ data, shape: [images, tokens] }: HostTensor): HostTensor {
  const size = side * patch;
  const out = new Float32Array(images! * size * size);
  for (let image = 0; image < images!; image++) {
    const cells = Float64Array.from({ length: side * side }, (_, cell) => {
      const at = (image * tokens! + specials + cell) * width;
      const token = data.subarray(at, at + width);
      return 1 / metresOf(alongPlanted(token) / gain);
    });
    out.set(overPixels(cells), image * size * size);
  }
  return { data: out, shape: [images!, size * size, 1] };
}

/** How many latents the dictionary has: the first fires along the planted direction, the second against it. */
export const dSae = 24;

/** Directions of length 1: the planted one, its opposite, then ones by chance that are orthogonal to it. */
function plantedDictionary(
  engine: Engine,
): NonNullable<ProbeInput["dictionary"]> {
  const random = randomFrom(13), W_dec = new Float32Array(dSae * width);
  for (let latent = 0; latent < dSae; latent++) {
    let row = Float32Array.from({ length: width }, () => random.normal());
    const along = alongPlanted(row);
    row = row.map((v, d) => v - along * plantedDirection[d]!);
    if (latent < 2) row = plantedDirection.map((v) => latent === 0 ? v : -v);
    const norm = Math.hypot(...row);
    W_dec.set(row.map((v) => v / norm), latent * width);
  }
  const sparsifier: Sparsifier = {
    dSae,
    saelens: { architecture: "standard" },
    init: () => {
      throw new Error("its parameters are given");
    },
    encode: (engine, { W_enc, b_enc, b_dec }, x) =>
      engine.encode(x, { W_enc: W_enc!, b_enc: b_enc!, b_dec: b_dec! }, {
        keep: "positive",
      }),
    decode: (engine, { W_dec, b_dec }, codes) =>
      engine.decode(codes, W_dec!, b_dec!),
    loss: () => Promise.reject(new Error("it is not trained")),
  };
  // The mean patch, about which half of the patches lie on each side.
  const mean = Float32Array.from(
    { length: width },
    (_, d) =>
      [0.5, 0.5, 0.5, 0.4, 0.4, 1][d] ?? 0.5 * gain * plantedDirection[d]!,
  );
  return {
    engine,
    sparsifier,
    params: {
      W_enc: engine.tensor(W_dec, [dSae, width]),
      W_dec: engine.tensor(W_dec, [dSae, width]),
      b_enc: engine.fill(0, [dSae]),
      b_dec: engine.tensor(mean, [width]),
    },
  };
}
