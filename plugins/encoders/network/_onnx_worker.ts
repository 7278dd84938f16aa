/**
 * The other side of `onnx_thread.ts`: runs models, one request after the other.
 *
 * @module
 */
/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
import { InferenceSession, Tensor } from "onnxruntime-node";
import type { HostTensor, HostTensors } from "../../../mod.ts";

/**
 * How the operations of a model are done. `"written"`: one by one. `"joined"`:
 * some as one, and a value may have other last digits where another one is read
 * on the way. `"blocked"`: convolutions with their channels in blocks as well,
 * which is faster and sums in another order: that of the patches too, and with
 * it the last digits of all that follows, so that a ViT, no faster, does without.
 */
export type Operations = "written" | "joined" | "blocked";

const levels = {
  written: "disabled",
  joined: "extended",
  blocked: "all",
} as const satisfies Record<Operations, string>;

/** What the thread is asked to do. */
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

/** What a run gives. */
export interface Ran {
  /** What the model computed. */
  readonly outputs: HostTensors;
  /** What it was given, whose buffers come back so that they can be used again. */
  readonly inputs: HostTensors;
}

/** What a model says of a value. */
export interface Value {
  /** Its name. */
  readonly name: string;
  /** Type of its numbers, such as `"float32"`. */
  readonly type: string;
  /** Lengths of its axes; a word where it depends on what goes in. */
  readonly shape: readonly (number | string)[];
}

/** What a description gives. */
export interface Described {
  /** The outputs of the model that are tensors. */
  readonly values: readonly Value[];
}

/** What it answers to the request with this number. */
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

/** The buffers of tensors, which can change threads without a copy. */
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
    // A block planned for each batch size comes on top of what the first run took.
    enableMemPattern: false,
    intraOpNumThreads: threads,
    graphOptimizationLevel: levels[operations],
    extra: {
      // It would join an addition and a normalisation where they are alone in a
      // part of the network and not where they are not: other last digits.
      optimization: { disable_specified_optimizers: "SkipLayerNormFusion" },
      session: {
        model_external_initializers_file_folder_path: weightsFolder,
        // Spinning threads would take the cores from whoever works meanwhile.
        intra_op: { allow_spinning: "0" },
      },
    },
  });
}

/** Opens a model only to see its outputs: constants are worked out, so that shapes made of them are known. */
async function describe(
  { model, weightsFolder }: Request & { do: "describe" },
): Promise<readonly Value[]> {
  const session = await InferenceSession.create(model, {
    intraOpNumThreads: 1,
    graphOptimizationLevel: "basic",
    // Errors alone: that shapes do not agree for several pictures is an answer.
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

/** The same values alone in their buffer, which can then change threads. */
function ownBuffer(data: Float32Array): Float32Array {
  return data.byteLength === data.buffer.byteLength ? data : data.slice();
}
