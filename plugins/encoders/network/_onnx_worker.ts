/**
 * The worker behind `onnx_thread.ts`: runs models, one request at a time.
 *
 * @module
 */
/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
import { InferenceSession, Tensor } from "onnxruntime-node";
import type { HostTensor, HostTensors } from "../../../mod.ts";

/**
 * How onnxruntime may rewrite the operations of a model. `"written"`: not at
 * all. `"joined"`: it may fuse some of them, so that reading a value in between
 * can change last digits. `"blocked"`: it may also compute convolutions with
 * their channels in blocks. That is faster, but sums in another order; it
 * includes the patch embedding, and so changes the last digits of everything
 * after it. A ViT gains no speed from it and does without.
 */
export type Operations = "written" | "joined" | "blocked";

const levels = {
  written: "disabled",
  joined: "extended",
  blocked: "all",
} as const satisfies Record<Operations, string>;

/** A request to the worker. */
export type Request =
  | {
    readonly do: "open";
    readonly session: number;
    readonly model: Uint8Array;
    readonly weightsFolder: string;
    readonly threads: number;
    readonly provider?: string | undefined;
    readonly operations: Operations;
  }
  | {
    readonly do: "run";
    readonly session: number;
    readonly inputs: HostTensors;
  }
  | { readonly do: "release"; readonly session: number }
  | {
    readonly do: "describe";
    readonly model: Uint8Array;
    readonly weightsFolder: string;
  };

/** The result of a run. */
export interface Ran {
  /** The values that the model computed. */
  readonly outputs: HostTensors;
  /** The values that it was given: their buffers come back to be used again. */
  readonly inputs: HostTensors;
}

/** A value of a model, as onnxruntime describes it. */
export interface Value {
  /** Its name. */
  readonly name: string;
  /** Type of its elements, such as `"float32"`. */
  readonly type: string;
  /** Lengths of its axes; a name where the length depends on the input. */
  readonly shape: readonly (number | string)[];
}

/** The result of a description. */
export interface Described {
  /** The outputs of the model that are tensors. */
  readonly values: readonly Value[];
}

/** The answer to the request with this number. */
export type Reply =
  & { readonly request: number }
  & ((Ran & Described) | { readonly error: string });

const sessions = new Map<number, InferenceSession>();
let last: Promise<unknown> = Promise.resolve();

self.onmessage = ({ data }: MessageEvent<[number, Request]>) => {
  const [request, body] = data;
  last = last.then(() => answer(request, body));
};

async function answer(request: number, body: Request): Promise<void> {
  try {
    const values = body.do === "describe" ? await describe(body) : [];
    const outputs = body.do === "describe" ? {} : await perform(body);
    const inputs = body.do === "run" ? body.inputs : {};
    const reply: Reply = { request, outputs, inputs, values };
    self.postMessage(reply, [...buffersOf(outputs), ...buffersOf(inputs)]);
  } catch (error) {
    const reply: Reply = {
      request,
      error: error instanceof Error ? error.message : String(error),
    };
    self.postMessage(reply);
  }
}

/** The buffers of tensors, to be transferred without a copy. */
function buffersOf(tensors: HostTensors): ArrayBuffer[] {
  return Object.values(tensors).map(({ data }) => data.buffer as ArrayBuffer);
}

async function perform(
  body: Exclude<Request, { do: "describe" }>,
): Promise<HostTensors> {
  switch (body.do) {
    case "open":
      sessions.set(body.session, await open(body));
      return {};
    case "run":
      return await run(sessionOf(body.session), body.inputs);
    case "release":
      await sessions.get(body.session)?.release();
      sessions.delete(body.session);
      return {};
  }
}

function sessionOf(number: number): InferenceSession {
  const session = sessions.get(number);
  if (session) return session;
  throw new Error(`Cannot run model ${number}: it is not open`);
}

function open(
  { model, weightsFolder, threads, provider, operations }: Request & {
    do: "open";
  },
): Promise<InferenceSession> {
  return InferenceSession.create(model, {
    executionProviders: [provider ?? "cpu"],
    // A pattern for each batch size would take memory on top of the first run's.
    enableMemPattern: false,
    intraOpNumThreads: threads,
    graphOptimizationLevel: levels[operations],
    extra: {
      // Whether this fusion applies depends on where the network is cut, and
      // it changes last digits.
      optimization: { disable_specified_optimizers: "SkipLayerNormFusion" },
      session: {
        model_external_initializers_file_folder_path: weightsFolder,
        // Spinning threads would take the cores from other work.
        intra_op: { allow_spinning: "0" },
      },
    },
  });
}

/** Opens a model only to see its outputs. Constants are folded, so that shapes computed from them are known. */
async function describe(
  { model, weightsFolder }: Request & { do: "describe" },
): Promise<readonly Value[]> {
  const session = await InferenceSession.create(model, {
    intraOpNumThreads: 1,
    graphOptimizationLevel: "basic",
    // Errors only: shapes that disagree for several pictures are an answer, not worth a warning.
    logSeverityLevel: 3,
    extra: {
      session: {
        model_external_initializers_file_folder_path: weightsFolder,
        disable_prepacking: "1",
      },
    },
  });
  const values = session.outputMetadata.flatMap((value) =>
    value.isTensor
      ? [{ name: value.name, type: value.type, shape: value.shape }]
      : []
  );
  await session.release();
  return values;
}

async function run(
  session: InferenceSession,
  inputs: HostTensors,
): Promise<HostTensors> {
  const feeds = Object.entries(inputs).map(([name, { data, shape }]) =>
    [name, new Tensor("float32", data, shape)] as const
  );
  const outputs = await session.run(Object.fromEntries(feeds));
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { data, dims }]) => [
      name,
      { data: ownBuffer(data as Float32Array), shape: dims } as HostTensor,
    ]),
  );
}

/** The values in a buffer of their own, which can be transferred. */
function ownBuffer(data: Float32Array): Float32Array {
  return data.byteLength === data.buffer.byteLength ? data : data.slice();
}
