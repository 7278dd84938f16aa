/**
 * Runs ONNX models in a worker, since `onnxruntime` blocks the thread it runs
 * on.
 *
 * @module
 */
import type { HostTensors } from "../../../mod.ts";
import type { Provider } from "./provider_option.ts";
import type {
  Described,
  Operations,
  Ran,
  Reply,
  Request,
} from "./_onnx_worker.ts";

export type { Operations, Ran, Value } from "./_onnx_worker.ts";

/** A model to open. */
export interface OnnxModel {
  /** The bytes of the model. */
  readonly model: Uint8Array;
  /** Folder of the file with its weights. */
  readonly weightsFolder: string;
  /** How many threads it computes with. */
  readonly threads: number;
  /** What it computes on; the CPU when absent. */
  readonly provider?: Provider | undefined;
  /** How `onnxruntime` may rewrite its operations; `"joined"` when absent. */
  readonly operations?: Operations | undefined;
}

/** A model that is open or waits to be opened. */
export interface OnnxSession {
  /**
   * Runs the model. The buffers of `inputs` are transferred and come back in
   * the result. Rejects when the model could not be opened.
   */
  run(inputs: HostTensors): Promise<Ran>;
  /** Resolves when the model is open; rejects when it cannot be opened. */
  readonly opened: Promise<unknown>;
  /** Frees its memory, after the runs asked for so far. */
  release(): void;
}

/** A thread that answers requests in order. */
export interface OnnxThread {
  /** Opens a model. */
  open(model: OnnxModel): OnnxSession;
  /** Describes a model's outputs, in their order, without running it. */
  describe(
    model: Pick<OnnxModel, "model" | "weightsFolder">,
  ): Promise<Described["values"]>;
  /** Ends the thread at once; requests that are not done reject. */
  close(): void;
}

interface Waiting {
  resolve(answer: Ran & Described): void;
  reject(error: Error): void;
}

/** Starts a thread. It lives until it is closed. */
export function onnxThread(): OnnxThread {
  const worker = new Worker(new URL("./_onnx_worker.ts", import.meta.url), {
    type: "module",
    name: "onnxruntime",
  });
  const waiting = new Map<number, Waiting>();
  let requests = 0, sessions = 0, closed: string | undefined;

  const fail = (why: string): void => {
    closed = why;
    for (const { reject } of waiting.values()) reject(new Error(why));
    waiting.clear();
  };
  worker.onmessage = ({ data }: MessageEvent<Reply>) => {
    const asked = waiting.get(data.request);
    waiting.delete(data.request);
    if ("error" in data) asked?.reject(new Error(data.error));
    else asked?.resolve(data);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    fail(`Cannot go on: the thread of onnxruntime ended: ${event.message}`);
    worker.terminate();
  };
  const ask = (body: Request, move: Transferable[] = []) => {
    if (closed !== undefined) return Promise.reject(new Error(closed));
    return new Promise<Ran & Described>((resolve, reject) => {
      waiting.set(++requests, { resolve, reject });
      worker.postMessage([requests, body], move);
    });
  };

  return {
    open(model) {
      const session = ++sessions;
      const opened = ask({
        do: "open",
        session,
        ...model,
        operations: model.operations ?? "joined",
      });
      opened.catch(() => {}); // reported by the first run
      return {
        opened,
        async run(inputs) {
          const buffers = Object.values(inputs)
            .map(({ data }) => data.buffer as ArrayBuffer);
          const [, ran] = await Promise.all([
            opened,
            ask({ do: "run", session, inputs }, buffers),
          ]);
          return ran;
        },
        release() {
          ask({ do: "release", session }).catch(() => {});
        },
      };
    },
    describe: async (model) => (await ask({ do: "describe", ...model })).values,
    close() {
      fail("Cannot run the model: it has been closed");
      worker.terminate();
    },
  };
}
