/**
 * Checks a model on a graphics card against the same model on the CPU.
 *
 * @module
 */
import {
  ConfigError,
  type HostTensor,
  type HostTensors,
} from "../../../mod.ts";
import type { OnnxSession, Ran } from "./onnx_thread.ts";
import type { Provider } from "./provider_option.ts";
import { relativeError } from "./relative_error.ts";

/** Any provider but the CPU, which is the reference. */
export type Device = Exclude<Provider, "cpu">;

/** How far a value may be off, in its standard deviations. */
const tolerance = 1e-4;

const useCpu = "leave out encoder.provider to compute on the CPU";

/** What a device needs. */
const needs: Readonly<Record<Device, string>> = {
  webgpu:
    "it needs a graphics card with a driver for Vulkan, Metal or Direct3D 12",
  cuda:
    'it needs an NVIDIA card, CUDA 12, cuDNN 9 and the libraries that "deno approve-scripts npm:onnxruntime-node" lets onnxruntime download',
};

/** What to do when a device is off. */
const remedies: Readonly<Record<Device, string>> = {
  webgpu: useCpu,
  // cuBLAS and cuDNN multiply with 10 bits of precision (TF32) unless told otherwise.
  cuda:
    `set NVIDIA_TF32_OVERRIDE=0 in the environment if it rounds factors, or ${useCpu}`,
};

/**
 * The same session, whose first run is also done on the CPU, for one picture,
 * and compared: some kernels of some devices are wrong by more than rounding.
 * Later runs are done on the device alone.
 *
 * @throws {ConfigError} From the first run and all later ones, when the device
 * cannot be used or a value is off by 10⁻⁴ of its standard deviation or more.
 */
export function checkProvider(
  provider: Device,
  session: OnnxSession,
  onCpu: () => OnnxSession,
): OnnxSession {
  const unusable = (cause: unknown): never => {
    throw new ConfigError(
      "encoder.provider",
      `Cannot compute on "${provider}": ${messageOf(cause)}; ${
        needs[provider]
      }; ${useCpu}`,
      { cause },
    );
  };
  const opened = session.opened.catch(unusable);
  opened.catch(() => {}); // reported by the first run
  const check = async (feeds: HostTensors): Promise<void> => {
    const first = await session.run(firstOf(feeds)).catch(unusable);
    const cpu = onCpu();
    try {
      const { outputs } = await cpu.run(firstOf(feeds));
      for (const [name, values] of Object.entries(outputs)) {
        compare(provider, name, first.outputs[name]!, values);
      }
    } finally {
      cpu.release();
    }
  };
  let checked: Promise<void> | undefined;
  const checkedRun = async (feeds: HostTensors): Promise<Ran> => {
    await opened;
    await (checked ??= check(feeds));
    return await session.run(feeds);
  };
  let runs: Promise<unknown> = Promise.resolve();
  return {
    opened,
    run(feeds) {
      const ran = checkedRun(feeds);
      runs = Promise.allSettled([runs, ran]);
      return ran;
    },
    // Runs asked for earlier may still be waiting for the check.
    release: () => void runs.then(session.release),
  };
}

/** The last line of onnxruntime's message, which gives the reason, without places in its code. */
function messageOf(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  const line = text.trim().split("\n").at(-1)!;
  return line.replace(/^.*was false\. /, "").replace(/\.$/, "");
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
  provider: Device,
  name: string,
  { data }: HostTensor,
  expected: HostTensor,
): void {
  const off = relativeError(data, expected.data);
  if (off < tolerance) return;
  throw new ConfigError(
    "encoder.provider",
    `Cannot trust "${provider}": at "${name}" ${
      Number.isNaN(off)
        ? "it computes NaN where the CPU computes a number"
        : `it is ${
          off.toExponential(1)
        } standard deviations off what the CPU computes, more than ${tolerance}`
    }; ${remedies[provider]}`,
  );
}
