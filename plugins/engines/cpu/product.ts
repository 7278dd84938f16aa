/**
 * Dense matrix products by onnxruntime.
 *
 * @module
 */
import { create, toBinary } from "@bufbuild/protobuf";
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  TensorProto_DataType,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from "onnx-buf";
import type { InferenceSession, Tensor } from "onnxruntime-node";

/** A matrix in the engine's memory. */
export interface Matrix {
  /** The values, in a buffer that is not marked as shared. */
  readonly data: Float32Array<ArrayBuffer>;
  /** Its shape as stored, before any transposition. */
  readonly shape: readonly [number, number];
}

/** Writes `a · b` to `out`, with either factor transposed if asked. */
export type Product = (
  a: Matrix,
  b: Matrix,
  out: Matrix,
  transposeA: boolean,
  transposeB: boolean,
) => Promise<void>;

/** Products on `threads` threads, with a session for each pair of transpositions, made when first needed. */
export async function products(
  threads: number,
): Promise<{ product: Product; release(): Promise<void> }> {
  // Loaded with the first engine, since the native library needs a permission of its own.
  const { InferenceSession, Tensor } = await import("onnxruntime-node");
  const sessions = new Map<string, Promise<InferenceSession>>();
  const session = (
    transA: boolean,
    transB: boolean,
  ): Promise<InferenceSession> => {
    const key = `${transA} ${transB}`;
    const made = sessions.get(key) ??
      InferenceSession.create(gemm(transA, transB), {
        intraOpNumThreads: threads,
        // Threads that spin while waiting would take the encoder's cores.
        extra: { session: { intra_op: { allow_spinning: "0" } } },
      });
    sessions.set(key, made);
    return made;
  };
  const tensor = ({ data, shape }: Matrix): Tensor =>
    new Tensor("float32", data, shape);
  return {
    async product(a, b, out, transposeA, transposeB) {
      const run = await session(transposeA, transposeB);
      // The output is written in place. run() returns a copy anyway, which is
      // freed at once: the garbage collector would let copies pile up.
      const feeds = { a: tensor(a), b: tensor(b) };
      const { y } = await run.run(feeds, { y: tensor(out) });
      (y!.data as Float32Array<ArrayBuffer>).buffer.transfer(0);
    },
    async release() {
      for (const made of sessions.values()) await (await made).release();
    },
  };
}

/** An ONNX model of one matrix product. */
function gemm(transA: boolean, transB: boolean): Uint8Array {
  const attribute = Object.entries({ transA, transB }).map(([name, on]) =>
    create(AttributeProtoSchema, {
      name,
      type: AttributeProto_AttributeType.INT,
      i: on ? 1n : 0n,
    })
  );
  const node = create(NodeProtoSchema, {
    opType: "Gemm",
    input: ["a", "b"],
    output: ["y"],
    attribute,
  });
  const graph = create(GraphProtoSchema, {
    name: "product",
    node: [node],
    input: [matrix("a", "m", "k"), matrix("b", "p", "q")],
    output: [matrix("y", "r", "n")],
  });
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: 10n,
      opsetImport: [create(OperatorSetIdProtoSchema, { version: 20n })],
      graph,
    }),
  );
}

function matrix(name: string, ...axes: string[]): ValueInfoProto {
  const dim = axes.map((axis) =>
    create(TensorShapeProto_DimensionSchema, {
      value: { case: "dimParam", value: axis },
    })
  );
  const value = create(TypeProto_TensorSchema, {
    elemType: TensorProto_DataType.FLOAT,
    shape: create(TensorShapeProtoSchema, { dim }),
  });
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, { value: { case: "tensorType", value } }),
  });
}
