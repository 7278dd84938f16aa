/**
 * Gradient rules of an engine's operations on codes. They touch only the kept
 * entries.
 *
 * @module
 */
import type { Codes, Selection } from "../codes.ts";
import { negative, unbroadcast } from "./dense_gradients.ts";
import type { Engine } from "../engine.ts";
import { nodeOf, raw, rawCodes, type Tape } from "./grad_tape.ts";
import type { Tensor } from "../tensor.ts";

/** The operations of an engine that make, read or take codes. */
type CodesOperation =
  | "codes"
  | "readCodes"
  | "encode"
  | "decode"
  | "dots"
  | "outer"
  | "withValues"
  | "take"
  | "sumByLatent"
  | "sumByRow"
  | "count";

/** The codes operations of `engine`, recorded on `tape` with their gradient rules. */
export function codesGradients(
  engine: Engine,
  { record, recordCodes }: Tape,
): Pick<Engine, CodesOperation> {
  return {
    codes: (host) => recordCodes(engine.codes(host), []),
    readCodes: (codes) => engine.readCodes(rawCodes(codes)),

    async encode(x, { W_enc, b_enc, b_dec }, selection) {
      const weights = {
        W_enc: raw(W_enc),
        ...b_enc && { b_enc: raw(b_enc) },
        ...b_dec && { b_dec: raw(b_dec) },
      };
      const kept = await engine.encode(
        raw(x),
        weights,
        rawSelection(selection),
      );
      const withGrad = (grad: Tensor): Codes => engine.withValues(kept, grad);
      const centred = (): Tensor =>
        b_dec ? engine.sub(raw(x), raw(b_dec)) : raw(x);
      return recordCodes(kept, [
        [x, (grad) => engine.decode(withGrad(grad), raw(W_enc))],
        [W_enc, (grad) => engine.outer(withGrad(grad), centred())],
        ...b_enc
          ? [[
            b_enc,
            (grad: Tensor) => engine.sumByLatent(withGrad(grad)),
          ]] as const
          : [],
        // Summing over the batch first leaves a vector to multiply by W_enc
        // instead of a matrix.
        ...b_dec
          ? [[b_dec, async (grad: Tensor) => {
            const summed = engine.sumByLatent(withGrad(grad));
            const row = engine.reshape(summed, [1, kept.shape[1]]);
            const product = await engine.matmul(row, raw(W_enc));
            return negative(engine, engine.reshape(product, b_dec.shape));
          }]] as const
          : [],
      ]);
    },

    decode(codes, W_dec, b_dec, options = {}) {
      const kept = rawCodes(codes);
      const value = engine.decode(
        kept,
        raw(W_dec),
        b_dec && raw(b_dec),
        options,
      );
      const { prefix } = options;
      const inPrefix = (values: Tensor): Tensor =>
        prefix === undefined
          ? values
          : engine.mul(values, prefixMask(engine, kept, prefix));
      return record(value, [
        [codes.values, (grad) => inPrefix(engine.dots(kept, grad, raw(W_dec)))],
        [
          W_dec,
          (grad) =>
            engine.outer(engine.withValues(kept, inPrefix(kept.values)), grad),
        ],
        ...b_dec
          ? [[
            b_dec,
            (grad: Tensor) => unbroadcast(engine, grad, b_dec.shape),
          ]] as const
          : [],
      ]);
    },

    dots(codes, x, W) {
      const kept = rawCodes(codes);
      return record(engine.dots(kept, raw(x), raw(W)), [
        [x, (grad) => engine.decode(engine.withValues(kept, grad), raw(W))],
        [W, (grad) => engine.outer(engine.withValues(kept, grad), raw(x))],
      ]);
    },

    outer(codes, x) {
      const kept = rawCodes(codes);
      return record(engine.outer(kept, raw(x)), [
        [codes.values, (grad) => engine.dots(kept, raw(x), grad)],
        [x, (grad) => engine.decode(kept, grad)],
      ]);
    },

    withValues: (codes, values) =>
      recordCodes(engine.withValues(rawCodes(codes), raw(values)), [
        [values, (grad) => grad],
      ]),

    take: (x, codes) =>
      record(engine.take(raw(x), rawCodes(codes)), [
        [x, (grad) =>
          engine.reshape(
            engine.sumByLatent(engine.withValues(rawCodes(codes), grad)),
            x.shape,
          )],
      ]),

    sumByLatent: (codes) =>
      record(engine.sumByLatent(rawCodes(codes)), [
        [codes.values, (grad) => engine.take(grad, rawCodes(codes))],
      ]),

    sumByRow(codes) {
      const kept = rawCodes(codes), [rows, dSae] = codes.shape;
      return record(engine.sumByRow(kept), [
        [codes.values, (grad) => {
          // Directions of 1 make each dot product the row's own gradient.
          const ones = engine.fill(1, [dSae, 1]);
          return engine.dots(kept, engine.reshape(grad, [rows, 1]), ones);
        }],
      ]);
    },

    count: (codes) => nodeOf(engine.count(rawCodes(codes))),
  };
}

/** 1 at each kept entry whose latent is below `prefix`, else 0. */
function prefixMask(engine: Engine, codes: Codes, prefix: number): Tensor {
  const below = Float32Array.from(
    { length: codes.shape[1] },
    (_, latent) => latent < prefix ? 1 : 0,
  );
  return engine.take(engine.tensor(below, [below.length]), codes);
}

function rawSelection(selection: Selection): Selection {
  return selection.keep === "above"
    ? { ...selection, threshold: raw(selection.threshold) }
    : selection;
}
