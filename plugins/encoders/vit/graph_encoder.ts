/**
 * The graph of a network and its hooks in, an encoder that runs the part of it
 * that each call needs out.
 *
 * @module
 */
import type { RgbImage } from "../../../core/dataset.ts";
import type { Encoder, Hook } from "../../../core/encoder.ts";
import {
  type HostTensor,
  type HostTensors,
  sizeOf,
} from "../../../core/tensor.ts";
import { mapAhead } from "../../../core/map_ahead.ts";
import { chooseHooks } from "../_choose_hooks.ts";
import type { OnnxGraph, Port } from "./onnx_graph.ts";
import {
  type OnnxSession,
  type OnnxThread,
  onnxThread,
} from "./onnx_thread.ts";

/** What {@linkcode graphEncoder} makes an encoder of. */
export interface GraphEncoderOptions {
  /** The network; its values are named as its hooks are. */
  readonly graph: OnnxGraph;
  /** The pictures that go into it: `["images", …]`. */
  readonly input: Port;
  /** Where it can be read, in network order. */
  readonly hooks: readonly Hook[];
  /** The hook that is read when a run names none. */
  readonly defaultHook: string;
  /** Folder of the file with the weights. */
  readonly weightsFolder: string;
  /** How many threads it computes with. */
  readonly threads: number;
  /** Pictures that go through the network at once, at most; all when absent. */
  readonly together?: number;
  /** What made the activations. */
  readonly provenance: Encoder["provenance"];
  /** Writes `images` to `pixels` as the network takes them. */
  preprocess(images: readonly RgbImage[], pixels: Float32Array): Promise<void>;
  /** Bytes it takes at most while it encodes `images` pictures at once, `hook` being read. */
  memory(images: number, hook?: Hook): number;
}

/** Models that stay open: a run reads one set of hooks, an evaluation perhaps another. */
const keep = 2;

/**
 * An encoder that writes, opens and keeps a model for each set of hooks it is
 * asked for: only the operations these need. Its thread starts with the first
 * pictures.
 */
export function graphEncoder(options: GraphEncoderOptions): Encoder {
  const { hooks, defaultHook, provenance } = options;
  const sessions = new Map<string, OnnxSession>();
  const buffers = spareBuffers();
  let thread: OnnxThread | undefined, closed = false;

  const sessionFor = (wanted: readonly Hook[]): OnnxSession => {
    const key = wanted.map(({ name }) => name).join(" ");
    const session = sessions.get(key) ?? open(key, wanted);
    sessions.delete(key); // and in again, as the last used
    sessions.set(key, session);
    for (const [old, { release }] of sessions) {
      if (sessions.size <= keep) break;
      sessions.delete(old);
      release();
    }
    return session;
  };
  const open = (key: string, wanted: readonly Hook[]): OnnxSession => {
    thread ??= onnxThread();
    const session = thread.open({
      model: options.graph.model([options.input], wanted.map(port)),
      weightsFolder: options.weightsFolder,
      threads: options.threads,
    });
    session.opened.catch(() => {
      if (sessions.get(key) === session) sessions.delete(key);
    });
    return session;
  };

  const encode = async (
    images: readonly RgbImage[],
    wanted: readonly Hook[],
  ): Promise<HostTensors> => {
    const { name, dims } = options.input;
    const shape = [images.length, ...dims.slice(1).map(Number)];
    const data = buffers.take(sizeOf(shape));
    await options.preprocess(images, data);
    if (closed) throw new Error("Cannot encode: the encoder is closed");
    const input = { [name]: { data, shape } };
    const { inputs, outputs } = await sessionFor(wanted).run(input);
    buffers.giveBack(inputs[name]!.data);
    return outputs;
  };
  const encodeInTurns = async (
    images: readonly RgbImage[],
    wanted: readonly Hook[],
    together: number,
  ): Promise<HostTensors> => {
    const all = Object.fromEntries(
      wanted.map((hook) => zeros(hook, images.length)),
    );
    const turns = mapAhead(
      Array.from(
        { length: Math.ceil(images.length / together) },
        (_, turn) => turn * together,
      ),
      1,
      async (start) => {
        const few = images.slice(start, start + together);
        return { start, few: await encode(few, wanted) };
      },
    );
    for await (const { start, few } of turns) {
      for (const [name, { data, shape }] of Object.entries(few)) {
        all[name]!.data.set(data, start * sizeOf(shape.slice(1)));
      }
    }
    return all;
  };

  return {
    hooks,
    defaultHook,
    provenance,
    async encode(images, names) {
      const wanted = chooseHooks(hooks, names);
      if (wanted.length === 0) return {};
      if (images.length === 0) {
        return Object.fromEntries(wanted.map((hook) => zeros(hook, 0)));
      }
      const { together = images.length } = options;
      return images.length <= together
        ? await encode(images, wanted)
        : await encodeInTurns(images, wanted, together);
    },
    memory: options.memory,
    close() {
      closed = true;
      thread?.close();
      return Promise.resolve();
    },
  };
}

/**
 * Buffers for pictures, used again: left to the garbage collector, dozens of
 * megabytes would lie about. Two are kept, one being filled while one is read.
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

/** How many tokens a hook has. */
export function tokensOf({ layout: { specials, grid } }: Hook): number {
  return specials + grid[0] * grid[1];
}

function port(hook: Hook): Port {
  return { name: hook.name, dims: ["images", tokensOf(hook), hook.width] };
}

function zeros(hook: Hook, images: number): [string, HostTensor] {
  const shape = [images, tokensOf(hook), hook.width];
  return [hook.name, { data: new Float32Array(sizeOf(shape)), shape }];
}
