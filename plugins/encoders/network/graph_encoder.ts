/**
 * An encoder that runs only the part of a network that each call needs.
 *
 * @module
 */
import {
  type Encoder,
  type Hook,
  type HostTensor,
  type HostTensors,
  type Prediction,
  type RgbImage,
  sizeOf,
} from "../../../mod.ts";
import { chooseHooks } from "./choose_hooks.ts";
import { inBatches } from "./in_batches.ts";
import type { Port } from "./onnx_graph.ts";
import {
  openModels,
  type OpenModelsOptions,
  type Part,
} from "./open_models.ts";
import { pause } from "./pause.ts";
import { tokensOf } from "./tokens_of.ts";

/** Options for {@linkcode graphEncoder}. */
export interface GraphEncoderOptions extends OpenModelsOptions {
  /** The input that takes the pictures: `["images", …]`. */
  readonly input: Port;
  /** Its hooks, in network order; the values of the graph have the same names. */
  readonly hooks: readonly Hook[];
  /** The hook to read when a run names none. */
  readonly defaultHook: string;
  /** What it predicts; nothing when absent. */
  readonly predictions?: readonly Prediction[];
  /** The most pictures that go through the network at once; all when absent. */
  readonly together?: number;
  /** What made the activations. */
  readonly provenance: Encoder["provenance"];
  /** The same model for pictures of another size, if it takes several sizes. */
  readonly fitted?: Encoder["fitted"];
  /** The part of a picture that it sees; all of it when absent. */
  readonly view?: Encoder["view"];
  /** The same network with shuffled weights. */
  readonly shuffled?: Encoder["shuffled"];
  /** Writes `images` to `pixels`, ready for the network. */
  preprocess(images: readonly RgbImage[], pixels: Float32Array): Promise<void>;
  /** The most bytes it takes while it encodes `images` pictures at once and `hook` is read. */
  memory(images: number, hook?: Hook): number;
}

/**
 * An encoder that opens a model for each set of hooks it is asked for, with
 * only the operations they need, and keeps the last few open. Its thread starts
 * with the first pictures.
 */
export function graphEncoder(options: GraphEncoderOptions): Encoder {
  const { hooks, input, predictions, together = Infinity } = options;
  const models = openModels(options);
  const buffers = spareBuffers(), trusted = new Set<string>();

  const pixels = async (images: readonly RgbImage[]): Promise<HostTensor> => {
    const shape = [images.length, ...input.dims.slice(1).map(Number)];
    const data = buffers.take(sizeOf(shape));
    await options.preprocess(images, data);
    return { data, shape };
  };
  const compute = (
    images: readonly RgbImage[],
    outputs: readonly Port[],
  ): Promise<HostTensors> =>
    inBatches(images.length, together, async (start, end) => {
      const feeds = { [input.name]: await pixels(images.slice(start, end)) };
      const computed = outputs.filter(({ name }) => name !== input.name);
      const part = { inputs: [input], outputs: computed };
      const { inputs, outputs: values } = await models.run(part, feeds);
      // The pictures were asked for, so their buffer is not free.
      if (computed.length < outputs.length) return { ...values, ...inputs };
      buffers.giveBack(inputs[input.name]!.data);
      return values;
    });
  const run = (part: Part, feeds: HostTensors): Promise<HostTensors> => {
    const count = Object.values(feeds)[0]!.shape[0]!;
    return inBatches(count, together, async (start, end) => {
      const { outputs } = await models.run(part, rows(feeds, start, end));
      return outputs;
    });
  };

  return {
    hooks,
    defaultHook: options.defaultHook,
    provenance: options.provenance,
    ...predictions && { predictions },
    ...options.fitted && { fitted: options.fitted },
    ...options.view && { view: options.view },
    ...options.shuffled && { shuffled: options.shuffled },
    async encode(images, names) {
      const wanted = chooseHooks(hooks, names);
      if (wanted.length === 0) return {};
      if (images.length === 0) {
        return Object.fromEntries(wanted.map((hook) => zeros(hook, 0)));
      }
      return await compute(images, wanted.map(portOf));
    },
    async pause(images, names) {
      const at = chooseHooks(hooks, names).map(({ name }) => name);
      if (images.length === 0) {
        throw new RangeError("Cannot pause on no pictures: give one or more");
      }
      const own = [...images]; // the list may change before a resume
      return await pause(at, {
        ...options,
        ports: [input, ...hooks.map(portOf)],
        predictions: (predictions ?? []).map(({ hook }) => hook),
        models,
        trusted,
        compute: (outputs) => compute(own, outputs),
        run,
      });
    },
    memory: options.memory,
    close() {
      models.close();
      return Promise.resolve();
    },
  };
}

/** The values of pictures `start` to `end`, in buffers of their own, since a run transfers its buffers. */
function rows(feeds: HostTensors, start: number, end: number): HostTensors {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, { data, shape }]) => {
      const one = sizeOf(shape.slice(1));
      return [name, {
        data: data.slice(start * one, end * one),
        shape: [end - start, ...shape.slice(1)],
      }];
    }),
  );
}

/**
 * Buffers for pictures, to be used again: dozens of megabytes would pile up
 * before the garbage collector frees them. Two are kept, so that one can be
 * filled while the other is read.
 */
function spareBuffers() {
  const spare: Float32Array[] = [];
  return {
    take(length: number): Float32Array {
      const fits = spare.findIndex((buffer) => buffer.length === length);
      return spare.splice(fits, fits < 0 ? 0 : 1)[0] ??
        new Float32Array(length);
    },
    giveBack(buffer: Float32Array): void {
      spare.push(buffer);
      if (spare.length > 2) spare.shift();
    },
  };
}

function portOf(hook: Hook): Port {
  return { name: hook.name, dims: ["images", tokensOf(hook), hook.width] };
}

function zeros(hook: Hook, images: number): [string, HostTensor] {
  const shape = [images, tokensOf(hook), hook.width];
  return [hook.name, { data: new Float32Array(sizeOf(shape)), shape }];
}
