/**
 * The option that says what a model computes on.
 *
 * @module
 */
import { z } from "zod";
import type { Provider } from "./check_provider.ts";

/** What a model computes on. */
export interface ProviderOption {
  /**
   * What onnxruntime computes on: `"cpu"`, also when absent; `"webgpu"`, a
   * graphics card by way of its driver; `"cuda"`, one of NVIDIA's. Each part of
   * a model is first compared with the CPU, on one picture.
   */
  readonly provider?: Provider | undefined;
}

/** The option, as a plugin's schema holds it. */
export const providerOption = {
  provider: z.enum(["cpu", "webgpu", "cuda"]).default("cpu").describe(
    "What it computes on: cpu, webgpu or cuda; others than cpu are compared with it first",
  ),
};

/** What provenance says of it: nothing of the CPU. */
export function describeProvider(
  { provider = "cpu" }: ProviderOption,
): { readonly provider?: Provider } {
  return provider === "cpu" ? {} : { provider };
}
