/**
 * Checks gradients against finite differences.
 *
 * @module
 */
import { fail, ok } from "node:assert/strict";
import type { Engine, HostTensors, Tensor, Tensors } from "tessera";
import { reference } from "../../plugins/engines/reference/mod.ts";

/** A scalar function of parameters, written with an engine. */
type LossOf = (
  engine: Engine,
  params: Tensors,
) => Promise<{ readonly loss: Tensor }>;

/** The parts of a computation that its gradient does not see. */
interface Trace {
  /** Results that no gradient passes through, in order. */
  readonly held: Tensor[];
  /** Which side of each kink it was on: kept entries, signs. */
  readonly sides: (ArrayLike<number> | Promise<ArrayLike<number>>)[];
}

/** The loss at one point. */
interface Point {
  readonly loss: number;
  readonly sides: string;
}

/** How far a parameter is moved to each side. */
const h = 1e-3;

/**
 * Fails unless the gradient of each parameter in `grads` agrees with central
 * differences of `lossOf`, computed by the reference engine, whose sums are
 * float64. Detached values stay fixed, as they do for the gradient. Entries with
 * a kink between the two sides (another selection or sign) are skipped, at most
 * half of a parameter.
 */
export async function checkSlopes(
  host: HostTensors,
  grads: Readonly<Record<string, Float32Array>>,
  lossOf: LossOf,
): Promise<void> {
  const middle: Trace = { held: [], sides: [] };
  const { loss } = await evaluate(host, lossOf, middle);
  for (const [name, grad] of Object.entries(grads)) {
    const { data } = host[name]!;
    const at = (i: number, value: number): Promise<Point> => {
      const moved = data.slice();
      moved[i] = value;
      const there = { ...host, [name]: { ...host[name]!, data: moved } };
      return evaluate(there, lossOf, { held: [], sides: [] }, middle.held);
    };
    const slopes: (number | undefined)[] = [];
    for (let i = 0; i < data.length; i++) {
      // Rounded to float32, as the engine will see them.
      const [low, high] = [
        Math.fround(data[i]! - h),
        Math.fround(data[i]! + h),
      ];
      const below = await at(i, low), above = await at(i, high);
      slopes.push(
        below.sides === above.sides
          ? (above.loss - below.loss) / (high - low)
          : undefined,
      );
    }
    compare(name, grad, slopes, loss);
  }
}

function compare(
  name: string,
  grad: Float32Array,
  slopes: readonly (number | undefined)[],
  loss: number,
): void {
  const known = slopes.filter((slope) => slope !== undefined);
  ok(
    2 * known.length >= slopes.length,
    `${name}: the loss has a kink at all but ${known.length} of ${slopes.length} entries, so its gradient cannot be checked`,
  );
  // The second term allows for rounding the loss to float32.
  const steepest = Math.max(...known.map(Math.abs));
  const tolerance = 5e-3 * steepest + Math.abs(loss) * 2 ** -23 / h + 1e-6;
  slopes.forEach((slope, i) => {
    // Written so that NaN fails.
    if (slope === undefined || Math.abs(grad[i]! - slope) <= tolerance) return;
    fail(
      `gradient of ${name}[${i}] is ${grad[i]}, the loss has slope ${slope}`,
    );
  });
}

async function evaluate(
  host: HostTensors,
  lossOf: LossOf,
  trace: Trace,
  held?: readonly Tensor[],
): Promise<Point> {
  const engine = tracing(reference(), trace, held);
  const params = Object.fromEntries(
    Object.entries(host).map(([name, { data, shape }]) =>
      [name, engine.tensor(data, shape)] as const
    ),
  );
  const { loss } = await lossOf(engine, params);
  const sides = await Promise.all(trace.sides);
  return {
    loss: (await engine.read(loss))[0]!,
    sides: sides.map((side) => Array.from(side).join()).join(";"),
  };
}

/** Wraps `engine` to note in the trace what it does; values in `held` replace its detached ones. */
function tracing(
  engine: Engine,
  { held: found, sides }: Trace,
  held?: readonly Tensor[],
): Engine {
  const hold = (x: Tensor): Tensor => {
    const value = held?.[found.length] ?? x;
    found.push(value);
    return value;
  };
  const signs = async (x: Tensor): Promise<ArrayLike<number>> =>
    (await engine.read(x)).map(Math.sign);
  return {
    ...engine,
    detach: (x) => hold(engine.detach(x)),
    min: (x) => hold(engine.min(x)),
    async encode(...args) {
      const codes = await engine.encode(...args);
      const { offsets, latents } = await engine.readCodes(codes);
      sides.push(offsets, latents);
      return codes;
    },
    greater(a, b) {
      const result = engine.greater(a, b);
      sides.push(engine.read(result));
      return result;
    },
    relu(x) {
      sides.push(signs(x));
      return engine.relu(x);
    },
    abs(x) {
      sides.push(signs(x));
      return engine.abs(x);
    },
  };
}
