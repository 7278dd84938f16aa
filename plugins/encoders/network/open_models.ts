/**
 * A network in, models of its parts out, opened when they are first run and
 * kept as long as they are among the last used.
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

/** A network, and what its models run on. */
export interface OpenModelsOptions {
  /** What they are cut out of. */
  readonly graph: Network;
  /** Folder of the file with the weights. */
  readonly weightsFolder: string;
  /** How many threads they compute with. */
  readonly threads: number;
  /** What they compute on; `"cpu"` when absent. */
  readonly provider?: Provider | undefined;
  /**
   * What `onnxruntime` may make of its operations; `"joined"` when absent. The
   * parts of a graph that is not written for it come out with other last digits.
   */
  readonly operations?: Operations | undefined;
  /** Starts their thread; {@linkcode onnxThread} when absent. */
  readonly startThread?: (() => OnnxThread) | undefined;
}

/** Part of a network. */
export interface Part {
  /** What goes in. */
  readonly inputs: readonly Port[];
  /** What comes out. */
  readonly outputs: readonly Port[];
  /** Names of values whose showing changes how others are computed, as if they came out, too. */
  readonly shown?: readonly string[];
}

/** Models of parts of a network. */
export interface OpenModels {
  /** Whether this part is open. */
  has(part: Part): boolean;
  /** Runs a part. The buffers of `feeds` move away and come back in the result. */
  run(part: Part, feeds: HostTensors): Promise<Ran>;
  /** Frees a part's memory now. */
  release(part: Part): void;
  /** Ends the thread at once. */
  close(): void;
}

/**
 * Models that stay open: two for a run that reads one set of hooks and is
 * evaluated on another, two for what comes before a pause and after it.
 */
const keep = 4;

/**
 * One run at a time on webgpu in a process, whichever encoder asks: onnxruntime
 * ends it when two threads compute there (microsoft/onnxruntime#32561).
 */
const onWebgpu = serial();

/** The thread starts with the first run. Another provider than the CPU is checked against it first. */
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
    sessions.delete(key); // and in again, as the last used
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

/** A part's name: no two have the same. */
export function keyOf({ inputs, outputs, shown = [] }: Part): string {
  const [from, to] = [inputs, outputs].map((ports) =>
    ports.map(({ name }) => name)
  );
  return JSON.stringify([from, to, shown]);
}
