/**
 * A model on another device than the CPU in, the same model out if it computes
 * what the CPU does.
 *
 * @module
 */
import { ConfigError } from "../../../core/errors.ts";
import type { HostTensor, HostTensors } from "../../../core/tensor.ts";
import type { OnnxSession } from "./onnx_thread.ts";

/** What onnxruntime computes on. */
export type Provider = "cpu" | "webgpu" | "cuda";

/** How far a device may be off, in standard deviations of a value. */
const tolerance = 1e-4;

/**
 * The same session, whose first run is also done on the CPU: that of one
 * picture, for some kernels of some devices are wrong by more than rounding.
 *
 * @throws {ConfigError} From that run, when the device cannot be used or a value is off.
 */
export function checkProvider(
  provider: Exclude<Provider, "cpu">,
  session: OnnxSession,
  onCpu: () => OnnxSession,
): OnnxSession {
  let checked: Promise<void> | undefined;
  const opened = session.opened.catch((cause) => {
    throw new ConfigError(
      "encoder.provider",
      `Cannot compute on "${provider}": ${cause.message}; leave out encoder.provider to compute on the CPU`,
      { cause },
    );
  });
  opened.catch(() => {}); // whoever runs it is told
  const check = async (feeds: HostTensors): Promise<void> => {
    const cpu = onCpu();
    try {
      const [{ outputs }, { outputs: expected }] = await Promise.all([
        session.run(firstOf(feeds)),
        cpu.run(firstOf(feeds)),
      ]);
      for (const [name, values] of Object.entries(expected)) {
        compare(provider, name, outputs[name]!, values);
      }
    } finally {
      cpu.release();
    }
  };
  return {
    ...session,
    opened,
    async run(feeds) {
      await opened;
      await (checked ??= check(feeds));
      return session.run(feeds);
    },
  };
}

/** The first picture's values, in buffers of their own. */
export function firstOf(tensors: HostTensors): HostTensors {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { data, shape }]) => {
      const length = data.length / shape[0]!;
      return [name, {
        data: data.slice(0, length),
        shape: [1, ...shape.slice(1)],
      }];
    }),
  );
}

function compare(
  provider: string,
  name: string,
  { data }: HostTensor,
  expected: HostTensor,
): void {
  const off = relativeError(data, expected.data);
  if (off < tolerance) return;
  throw new ConfigError(
    "encoder.provider",
    `Cannot trust "${provider}": at "${name}" it is ${
      off.toExponential(1)
    } standard deviations off what the CPU computes, more than ${tolerance}; leave out encoder.provider to compute on the CPU`,
  );
}

/** The largest difference from `expected` in its standard deviations; not a number where one is not. */
export function relativeError(
  data: Float32Array,
  expected: Float32Array,
): number {
  let sum = 0, squares = 0, worst = 0;
  for (const [i, value] of expected.entries()) {
    sum += value;
    squares += value * value;
    const off = Math.abs(data[i]! - value);
    if (!(off <= worst)) worst = off;
  }
  const mean = sum / expected.length;
  const std = Math.sqrt(Math.max(0, squares / expected.length - mean * mean));
  return worst === 0 ? 0 : worst / std;
}
