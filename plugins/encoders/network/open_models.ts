/**
 * Models of the parts of a network. They are opened when they first run, and the
 * last used stay open.
 *
 * @module
 */
import type { HostTensors } from "../../../mod.ts";
import { checkProvider } from "./check_provider.ts";
import type { Provider } from "./provider_option.ts";
import type { Network, Port } from "./onnx_graph.ts";
import {
  type OnnxSession,
  type OnnxThread,
  onnxThread,
  type Operations,
  type Ran,
} from "./onnx_thread.ts";
import { serial, serialSession } from "./serial.ts";

/** A network and what its models run on. */
export interface OpenModelsOptions {
  /** The network that models are cut out of. */
  readonly graph: Network;
  /** Folder of the file with the weights. */
  readonly weightsFolder: string;
  /** How many threads they compute with. */
  readonly threads: number;
  /** What they compute on; `"cpu"` when absent. */
  readonly provider?: Provider | undefined;
  /**
   * How `onnxruntime` may rewrite its operations; `"joined"` when absent. Parts
   * of a graph that was not built for that differ in last digits.
   */
  readonly operations?: Operations | undefined;
  /** Starts the thread; {@linkcode onnxThread} when absent. */
  readonly startThread?: (() => OnnxThread) | undefined;
}

/** Part of a network. */
export interface Part {
  /** The values it takes. */
  readonly inputs: readonly Port[];
  /** The values it computes. */
  readonly outputs: readonly Port[];
  /** Names of values that count as outputs where operations depend on what is shown. */
  readonly shown?: readonly string[];
}

/** Models of parts of a network. */
export interface OpenModels {
  /** Whether this part is open. */
  has(part: Part): boolean;
  /** Runs a part. The buffers of `feeds` are transferred and come back in the result. */
  run(part: Part, feeds: HostTensors): Promise<Ran>;
  /** Frees a part's memory now. */
  release(part: Part): void;
  /** Ends the thread at once. */
  close(): void;
}

/**
 * How many models stay open: two for a run that reads one set of hooks and is
 * evaluated on another, two for the parts before and after a pause.
 */
const keep = 4;

/**
 * One run at a time on webgpu, across all encoders: onnxruntime crashes the
 * process when two threads compute there (microsoft/onnxruntime#32561).
 */
const onWebgpu = serial();

/** The models of a network. Their thread starts with the first run; a provider other than the CPU is first checked against it. */
export function openModels(options: OpenModelsOptions): OpenModels {
  const { graph, weightsFolder, threads, provider = "cpu" } = options;
  const { operations, startThread = onnxThread } = options;
  const sessions = new Map<string, OnnxSession>();
  let thread: OnnxThread | undefined, closed = false;

  const openOn = (
    on: Provider,
    { inputs, outputs, shown }: Part,
  ): OnnxSession => {
    if (closed) throw new Error("Cannot encode: the encoder is closed");
    const own = thread ??= startThread();
    const model = graph.model(inputs, outputs, shown);
    const open = (): OnnxSession =>
      own.open({ model, weightsFolder, threads, provider: on, operations });
    return on === "webgpu" ? serialSession(open, onWebgpu) : open();
  };
  const open = (part: Part): OnnxSession => {
    const session = openOn(provider, part);
    return provider === "cpu"
      ? session
      : checkProvider(provider, session, () => openOn("cpu", part));
  };
  const sessionFor = (part: Part): OnnxSession => {
    const key = keyOf(part), session = sessions.get(key) ?? open(part);
    session.opened.catch(() => {
      if (sessions.get(key) === session) sessions.delete(key);
    });
    sessions.delete(key); // moved to the end, as the last used
    sessions.set(key, session);
    for (const [old, { release }] of sessions) {
      if (sessions.size <= keep) break;
      sessions.delete(old);
      release();
    }
    return session;
  };

  return {
    has: (part) => sessions.has(keyOf(part)),
    run: async (part, feeds) => await sessionFor(part).run(feeds),
    release(part) {
      sessions.get(keyOf(part))?.release();
      sessions.delete(keyOf(part));
    },
    close() {
      closed = true;
      thread?.close();
    },
  };
}

/** A key that no two different parts share. */
export function keyOf({ inputs, outputs, shown = [] }: Part): string {
  const [from, to] = [inputs, outputs].map((ports) =>
    ports.map(({ name }) => name)
  );
  return JSON.stringify([from, to, shown]);
}
