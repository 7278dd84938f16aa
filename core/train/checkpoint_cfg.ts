/**
 * Describes a run's dictionary for `cfg.json`.
 *
 * @module
 */
import type { CheckpointCfg } from "./checkpoint.ts";
import type { OpenRun } from "./open_run.ts";

/** The description that SAELens 6 reads, with the dictionary's provenance. */
export function checkpointCfg(run: OpenRun): CheckpointCfg {
  const { config, hook, sparsifier, encoder, hash } = run;
  return {
    d_in: hook.width,
    d_sae: sparsifier.dSae,
    dtype: "float32",
    device: "cpu",
    apply_b_dec_to_input: true,
    normalize_activations: "none",
    reshape_activations: "none",
    ...sparsifier.saelens,
    metadata: {
      // Without a version, SAELens assumes an older layout and drops the rest.
      sae_lens_version: "6.0.0",
      model_name: String(config.encoder.model ?? config.encoder.use),
      hook_name: hook.name,
      dataset_path: String(config.dataset.path ?? config.dataset.use),
      tessera: { run: hash, encoder: encoder.provenance },
    },
  };
}
