/**
 * Declares tensors in an ONNX graph.
 *
 * @module
 */
import { create } from "@bufbuild/protobuf";
import {
  type TensorProto_DataType,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from "onnx-buf";

/** The declaration of a tensor; a named length is known only when the model runs. */
export function tensorInfo(
  name: string,
  elemType: TensorProto_DataType,
  dims: readonly (number | string)[],
): ValueInfoProto {
  const dim = dims.map((length) => ({
    value: typeof length === "number"
      ? { case: "dimValue" as const, value: BigInt(length) }
      : { case: "dimParam" as const, value: length },
  }));
  const value = { elemType, shape: { dim } };
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: "tensorType", value } },
  });
}
