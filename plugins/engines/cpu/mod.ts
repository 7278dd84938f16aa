/**
 * The default engine: onnxruntime for the dense product, WebAssembly kernels
 * on every core for the rest.
 *
 * @module
 */
import { availableParallelism } from "node:os";
import { z } from "zod";
import {
  type AdamStep,
  type Codes,
  definePlugin,
  type Engine,
  type MemorySize,
  type Plugin,
  type Shape,
  sizeOf,
  type Tensor,
} from "../../../mod.ts";
import { broadcast } from "./broadcast.ts";
import { encode } from "./encode.ts";
import { blockLength } from "./pre_activations.ts";
import { cpuMemory } from "./memory.ts";
import { products } from "./product.ts";
import { type CpuCodes, type CpuTensor, makeStore } from "./store.ts";
import { startThreads } from "./threads.ts";

const options = z.strictObject({
  threads: z.int().min(1).max(64).optional()
    .describe("Threads to compute on; by default one for each core"),
});

/** Options of the cpu engine. */
export type CpuOptions = z.infer<typeof options>;

/** Floats of a thread's scratch row: the widest activation. */
const widest = 65536;

const binaries = ["add", "sub", "mul", "div", "greater"] as const;
const unaries = ["relu", "exp", "log", "sqrt", "tanh", "abs"] as const;

/** An engine for the processor's cores. */
export async function cpu(
  { threads: wanted }: CpuOptions = {},
): Promise<Engine> {
  const count = wanted ?? availableParallelism();
  const module = await WebAssembly.compile(
    await Deno.readFile(new URL("./kernels.wasm", import.meta.url)),
  );
  const memory = cpuMemory();
  const scratch = memory.allocate(4 * widest * count);
  const threads = await startThreads(
    module,
    memory.memory,
    count,
    (part) => scratch.at + 4 * widest * part,
  );
  const store = makeStore(memory, threads);
  const { product, release } = await products(count);
  const context = { memory, threads, store, product, bars: new Map() };
  const at = (x: Tensor | undefined): number => x ? store.at(x) : 0;

  const tensor = (data: Float32Array, shape: Shape): CpuTensor => {
    if (data.length !== sizeOf(shape)) {
      throw new RangeError(
        `Cannot make a tensor of shape [${shape}]: it needs ${
          sizeOf(shape)
        } values, received ${data.length}`,
      );
    }
    const out = store.empty(shape);
    store.floats(out).set(data);
    return out;
  };
  const fill = (value: number, shape: Shape): CpuTensor => {
    const out = store.empty(shape);
    threads.share("fill", sizeOf(shape), 65536, at(out), value);
    return out;
  };
  const binary = (op: number, a: Tensor, b: Tensor): Tensor => {
    const { shape, rows, width, strides } = broadcast(a.shape, b.shape);
    const out = store.empty(shape);
    const [ofA, ofB] = strides;
    threads.share(
      "binary",
      rows,
      Math.ceil(65536 / width),
      op,
      at(a),
      ...ofA,
      at(b),
      ...ofB,
      at(out),
      width,
    );
    return out;
  };
  const unary = (op: number, x: Tensor): Tensor => {
    const out = store.empty(x.shape);
    threads.share("unary", sizeOf(x.shape), 4096, op, at(x), at(out));
    return out;
  };
  const perEntry = (codes: Codes, fill: (out: Tensor) => void): Tensor => {
    const out = store.empty(codes.values.shape);
    fill(out);
    return out;
  };
  const sumByLatent = (codes: CpuCodes, values: number): Tensor => {
    const { starts, entries } = store.byLatent(codes.pattern);
    const out = store.empty([codes.shape[1]]);
    threads.share(
      "sumByLatent",
      codes.shape[1],
      4096,
      starts.at,
      entries.at,
      values,
      at(out),
    );
    return out;
  };

  return {
    name: "cpu",
    tensor,
    fill,
    reshape(x, shape) {
      at(x);
      if (sizeOf(shape) !== sizeOf(x.shape)) {
        throw new RangeError(
          `Cannot give shape [${shape}] to a tensor of shape [${x.shape}]`,
        );
      }
      return { ...x, shape };
    },
    read: (x) => Promise.resolve(store.floats(x).slice()),
    codes({ shape, offsets, latents, values }) {
      const blocks = {
        offsets: store.allocate(4 * offsets.length),
        latents: store.allocate(4 * latents.length),
      };
      memory.integers(blocks.offsets.at, offsets.length).set(offsets);
      memory.integers(blocks.latents.at, latents.length).set(latents);
      const pattern = { shape, count: latents.length, ...blocks };
      return {
        shape,
        pattern,
        values: tensor(values, [values.length]),
      } as Codes;
    },
    readCodes(codes) {
      const { pattern, values, shape } = codes as CpuCodes;
      return Promise.resolve({
        shape,
        offsets: memory.integers(pattern.offsets.at, shape[0] + 1).slice(),
        latents: memory.integers(pattern.latents.at, pattern.count).slice(),
        values: store.floats(values).slice(),
      });
    },

    async encode(x, { W_enc, b_enc, b_dec }, selection) {
      const [rows, dModel] = matrix(x, "x"),
        [dSae, width] = matrix(W_enc, "W_enc");
      if (width !== dModel) {
        throw new RangeError(
          `Cannot encode [${rows}, ${dModel}] with W_enc [${dSae}, ${width}]: the widths must match`,
        );
      }
      const centred = b_dec ? binary(binaries.indexOf("sub"), x, b_dec) : x;
      return await encode(
        context,
        { x: at(centred), W: at(W_enc), bias: at(b_enc), rows, dModel, dSae },
        selection,
      );
    },
    async matmul(a, b, { transposeA = false, transposeB = false } = {}) {
      const ofA = matrix(a, "a"), ofB = matrix(b, "b");
      const [m, k] = transposeA ? ofA.toReversed() : ofA;
      const [k2, n] = transposeB ? ofB.toReversed() : ofB;
      if (k !== k2) {
        throw new RangeError(
          `Cannot multiply [${m}, ${k}] by [${k2}, ${n}]: the inner lengths must match`,
        );
      }
      const out = store.empty([m!, n!]);
      if (m === 1 && !transposeB) {
        // One row needs no packing of b.
        threads.share("vectorTimes", n!, 64, at(a), k!, at(b), n!, at(out));
        return out;
      }
      const whole = (x: Tensor, shape: [number, number]) =>
        ({ data: memory.unshared(at(x), sizeOf(shape)), shape }) as const;
      await product(
        whole(a, ofA),
        whole(b, ofB),
        whole(out, [m!, n!]),
        transposeA,
        transposeB,
      );
      return out;
    },

    decode(codes, W_dec, b_dec, { prefix = codes.shape[1] } = {}) {
      const { pattern, values, shape: [rows, dSae] } = codes as CpuCodes;
      const [, width] = matrix(W_dec, "W_dec"),
        out = store.empty([rows, width]);
      const rest = [at(values), at(W_dec), width, at(b_dec), prefix, at(out)];
      const { offsets, latents } = pattern;
      if (rows < dSae) {
        const by = store.byLatent(pattern);
        const order = [by.starts.at, by.rows.at, by.entries.at];
        threads.share("decodeByLatent", width, 64, ...order, ...rest, rows);
      } else {
        threads.share("decode", rows, 8, offsets.at, latents.at, ...rest);
      }
      return out;
    },
    dots: (codes, x, W) =>
      perEntry(codes, (out) => {
        const { starts, rows, entries } = store.byLatent(
          (codes as CpuCodes).pattern,
        );
        threads.share(
          "dots",
          codes.shape[1],
          16,
          starts.at,
          rows.at,
          entries.at,
          at(x),
          at(W),
          matrix(W, "W")[1],
          at(out),
        );
      }),
    outer: (codes, x) =>
      ({
        shape: [codes.shape[1], matrix(x, "x")[1]],
        terms: [{ codes: codes as CpuCodes, x }],
      }) as CpuTensor,
    withValues(codes, values) {
      if (sizeOf(values.shape) !== sizeOf(codes.values.shape)) {
        throw new RangeError(
          `Cannot give values of shape [${values.shape}] to codes with [${codes.values.shape}] entries`,
        );
      }
      return { ...codes, values };
    },
    take: (x, codes) =>
      perEntry(codes, (out) => {
        const { latents, count } = (codes as CpuCodes).pattern;
        threads.share("take", count, 65536, latents.at, at(x), at(out));
      }),
    sumByLatent: (codes) => sumByLatent(codes as CpuCodes, at(codes.values)),
    count: (codes) => sumByLatent(codes as CpuCodes, 0),
    sumByRow(codes) {
      const out = store.empty([codes.shape[0]]);
      const { pattern, values } = codes as CpuCodes;
      threads.share(
        "sumByRow",
        codes.shape[0],
        1024,
        pattern.offsets.at,
        at(values),
        at(out),
      );
      return out;
    },

    ...Object.fromEntries(binaries.map((name, op) => [
      name,
      (a: Tensor, b: Tensor) => binary(op, a, b),
    ])) as Pick<Engine, typeof binaries[number]>,
    ...Object.fromEntries(unaries.map((name, op) => [
      name,
      (x: Tensor) => unary(op, x),
    ])) as Pick<Engine, typeof unaries[number]>,
    // A gradient that is still a sum of sparse products stays one.
    add(a, b) {
      const [p, q] = [a as CpuTensor, b as CpuTensor];
      if (p.block || q.block || !p.terms || !q.terms) return binary(0, a, b);
      return { shape: a.shape, terms: [...p.terms, ...q.terms] } as CpuTensor;
    },
    detach: (x) => x,
    sum(x, axis) {
      if (axis === undefined) {
        return fill(threads.call("sumAll", at(x), sizeOf(x.shape)), []);
      }
      const [rows, width] = matrix(x, "x");
      const out = store.empty(axis === 0 ? [1, width] : [rows, 1]);
      if (axis === 1) {
        threads.share("sumRows", rows, 64, at(x), width, at(out));
        return out;
      }
      const sums = store.allocate(8 * width);
      threads.share(
        "sumColumns",
        width,
        64,
        at(x),
        rows,
        width,
        sums.at,
        at(out),
      );
      store.release(sums);
      return out;
    },
    min(x) {
      return fill(threads.call("minAll", at(x), sizeOf(x.shape)), []);
    },

    assign: (to, from) => store.floats(to).set(store.floats(from)),
    adam(param, grad, step) {
      const { block, terms } = grad as CpuTensor;
      const width = param.shape.at(-1)!, rows = sizeOf(param.shape) / width;
      if (width > widest) {
        throw new RangeError(
          `Cannot take a step on rows of ${width} values: the cpu engine takes at most ${widest}`,
        );
      }
      const list = block ? [] : terms ?? [];
      const shape = param.shape.length === 1 ? [width, 1] : [rows, width];
      threads.share(
        "adam",
        shape[0]!,
        Math.ceil(4096 / shape[1]!),
        at(param),
        at(step.m),
        at(step.v),
        shape[1]!,
        block?.at ?? 0,
        store.terms(list),
        list.length,
        ...rates(step),
      );
    },
    tidy: (body) => store.tidy(body),
    memory: (size) => memoryBytes({ ...size, count }),
    async close() {
      threads.close();
      await release();
    },
  };
}

/** The numbers of a step of Adam as the kernel takes them. */
function rates(
  { step, lr, beta1, beta2, epsilon, gradScale = 1, unitRows = false }:
    AdamStep,
): number[] {
  return [
    gradScale,
    lr / (1 - beta1 ** step),
    beta1,
    1 - beta1,
    beta2,
    1 - beta2,
    1 / Math.sqrt(1 - beta2 ** step),
    epsilon,
    unitRows ? 1 : 0,
  ];
}

function matrix(x: Tensor, name: string): [number, number] {
  if (x.shape.length === 2) return [x.shape[0]!, x.shape[1]!];
  throw new RangeError(
    `Cannot use ${name} of shape [${x.shape}]: it must be a matrix`,
  );
}

/** WebAssembly addresses are 32 bits. */
const addressable = 2 ** 32;

/** What training takes at most: parameters and moments, a batch's matrices, one block, the entries. */
function memoryBytes(
  { dModel, dSae, rows, entries, count }: MemorySize & { count: number },
): number {
  const parameters = 3 * (2 * dSae * dModel + 2 * dSae + dModel);
  const batch = 10 * rows * dModel;
  const block = 2 * rows * blockLength(rows, dSae);
  const bytes = 4 *
    (parameters + batch + block + 16 * entries + widest * count);
  if (bytes > addressable) {
    const gib = (bytes / 2 ** 30).toFixed(1);
    throw new RangeError(
      `Cannot train ${dSae} latents of width ${dModel} on the cpu engine: it addresses 4 GiB, and this takes ${gib}; write a smaller sparsifier.dSae or buffer.batch`,
    );
  }
  return bytes;
}

const plugin: Plugin<"engine", CpuOptions> = definePlugin({
  apiVersion: 1,
  kind: "engine",
  name: "cpu",
  description:
    "Sparse training steps on the processor's cores, near the cost of one matrix product",
  options,
  create: cpu,
});
export default plugin;
