/**
 * Saves and restores everything that the rest of a run depends on.
 *
 * One safetensors file holds the parameters, Adam's moments, the counters and
 * the tokens in the buffer; its metadata holds the rest as JSON. The file is
 * replaced whole, so a killed run always finds an intact state.
 *
 * @module
 */
import type { Engine } from "../engine.ts";
import { FormatError } from "../errors.ts";
import type { FvuState } from "./fvu.ts";
import {
  readFloats,
  readSafetensorsHeader,
  readTensorBytes,
  type SafetensorsHeader,
  tensorOf,
  type TensorToWrite,
  writeSafetensors,
} from "../files/safetensors.ts";
import type { HostTensor, HostTensors } from "../tensor.ts";
import type { TokenBuffer } from "./token_buffer.ts";
import type {
  RunningAverage,
  TrainerState,
  TrainerStateReader,
} from "./trainer.ts";

/** The part of a state that is not arrays. */
export interface SavedPosition {
  /** The run's hash. */
  readonly hash: string;
  /** The encoder's provenance. */
  readonly provenance: Readonly<Record<string, string | number>>;
  /** How many groups of pictures have gone into the buffer. */
  readonly groups: number;
  /** The state of the buffer's random numbers. */
  readonly random: readonly [number, number, number, number];
  /** What tokens are multiplied by. */
  readonly scale: number;
  /** Sums since the last logged step. */
  readonly window: FvuState;
  /** Length of metrics.jsonl at this point, in bytes. */
  readonly metricsBytes: number;
  /** Ids of the pictures skipped so far, and why. */
  readonly skipped: Readonly<Record<string, string>>;
}

interface Metadata extends SavedPosition {
  readonly step: number;
  readonly running: Readonly<Record<string, RunningAverage>>;
}

/** Writes the state of a run. */
export async function saveState(
  path: string,
  engine: Engine,
  trainer: TrainerStateReader,
  buffer: TokenBuffer,
  position: SavedPosition,
): Promise<void> {
  const { values, examples } = buffer.contents();
  const width = examples.length ? values.length / examples.length : 0;
  const metadata: Metadata = {
    ...position,
    step: trainer.step,
    running: trainer.running,
  };
  const tensors: Record<string, TensorToWrite> = {
    sinceFired: {
      dtype: "F64",
      shape: [trainer.sinceFired.length],
      data: trainer.sinceFired,
    },
    "buffer.values": {
      dtype: values instanceof Float32Array ? "F32" : "BF16",
      shape: [examples.length, width],
      data: values,
    },
    "buffer.examples": {
      dtype: "U32",
      shape: [examples.length],
      data: examples,
    },
  };
  for (const [name, x] of trainer.tensors) {
    tensors[name] = {
      dtype: "F32",
      shape: x.shape,
      data: () => engine.read(x),
    };
  }
  await writeSafetensors(path, tensors, { state: JSON.stringify(metadata) });
}

/** A saved state. */
export interface SavedState {
  /** Steps taken. */
  readonly step: number;
  /** The part that is not arrays. */
  readonly position: SavedPosition;
  /** Shapes of its arrays, by name. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** Reads the trainer's part. */
  trainer(): Promise<TrainerState>;
  /** Restores a buffer's tokens. */
  restore(buffer: TokenBuffer): Promise<void>;
}

/**
 * Reads the state of a run; its arrays are read when asked for.
 *
 * @throws {FormatError} When the file is not the state of a run.
 */
export async function readState(path: string): Promise<SavedState> {
  const header = await readSafetensorsHeader(path);
  const { step, running, ...position } = metadataOf(header);
  return {
    step,
    position,
    shapes: new Map(
      [...header.tensors].map(([name, { shape }]) => [name, shape]),
    ),
    async trainer() {
      return {
        step,
        running,
        sinceFired: new Float64Array(
          (await readTensorBytes(header, "sinceFired")).buffer,
        ),
        params: await readAll(header, "params."),
        m: await readAll(header, "m."),
        v: await readAll(header, "v."),
      };
    },
    async restore(buffer) {
      const { dtype } = tensorOf(header, "buffer.values");
      const { buffer: bytes } = await readTensorBytes(header, "buffer.values");
      const examples = await readTensorBytes(header, "buffer.examples");
      buffer.restore(
        dtype === "F32" ? new Float32Array(bytes) : new Uint16Array(bytes),
        new Uint32Array(examples.buffer),
      );
    },
  };
}

function metadataOf({ path, metadata }: SafetensorsHeader): Metadata {
  try {
    return JSON.parse(metadata.state!);
  } catch (cause) {
    throw new FormatError(
      path,
      `Cannot resume from "${path}": it is not the state of a run`,
      { cause },
    );
  }
}

async function readAll(
  header: SafetensorsHeader,
  prefix: string,
): Promise<HostTensors> {
  const tensors: [string, HostTensor][] = [];
  for (const [name, { shape }] of header.tensors) {
    if (!name.startsWith(prefix)) continue;
    const data = await readFloats(header, name);
    tensors.push([name.slice(prefix.length), { data, shape }]);
  }
  return Object.fromEntries(tensors);
}
