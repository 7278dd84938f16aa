/**
 * The option that says which device a model computes on.
 *
 * @module
 */
import { z } from "zod";

/** What onnxruntime computes on. */
export type Provider = "cpu" | "webgpu" | "cuda";

/** What a model computes on. */
export interface ProviderOption {
  /**
   * What onnxruntime computes on: `"cpu"`, the default; `"webgpu"`, a graphics
   * card through its driver; `"cuda"`, an NVIDIA card. On a graphics card each
   * part of a model is first compared with the CPU, on one picture.
   */
  readonly provider?: Provider | undefined;
}

/** The option, as it stands in a plugin's schema. */
export const providerOption = {
  provider: z.enum(["cpu", "webgpu", "cuda"]).default("cpu").describe(
    "What it computes on: cpu, webgpu or cuda; the last two are checked against cpu first",
  ),
};

/** What provenance says of it: nothing for the CPU. */
export function describeProvider(
  { provider = "cpu" }: ProviderOption,
): { readonly provider?: Provider } {
  return provider === "cpu" ? {} : { provider };
}
