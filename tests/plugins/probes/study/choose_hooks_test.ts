/** Tests of which hooks words mean. @module */
import { deepEqual, throws } from "node:assert/strict";
import type { Hook } from "tessera";
import { hooksNamed } from "../../../../plugins/probes/study/choose_hooks.ts";

/** A hook with a square grid. */
const hook = (name: string, side: number): Hook => ({
  name,
  width: 4,
  layout: { specials: 1, grid: [side, side] },
});

const encoder = {
  defaultHook: "blocks.0.resid_post",
  predictions: [{ hook: "depth", kind: "depth", meaning: "metres" }] as const,
  hooks: [
    hook("embed", 4),
    hook("blocks.0.probs", 4),
    hook("blocks.0.mlp_out", 4),
    hook("blocks.0.resid_post", 4),
    hook("blocks.1.mlp_out", 4),
    hook("blocks.1.resid_post", 4),
    hook("fusion.0", 40),
    hook("fusion.1", 41),
    hook("logits", 0),
    hook("depth", 8),
  ],
};

const named = (words: string, own = "embed") =>
  hooksNamed(words, encoder, own).map(({ name }) => name).join(" ");

Deno.test("hooksNamed() means the residual stream and what comes of it, but the finest maps", () => {
  deepEqual(
    named("stream"),
    "embed blocks.0.resid_post blocks.1.resid_post fusion.0",
  );
});

Deno.test("hooksNamed() means all that have patches, but attention and predictions", () => {
  deepEqual(
    named("all"),
    "embed blocks.0.mlp_out blocks.0.resid_post blocks.1.mlp_out blocks.1.resid_post fusion.0 fusion.1",
  );
});

Deno.test("hooksNamed() reads the first hook and the run's own beside those that are named", () => {
  deepEqual(
    named("blocks.*.mlp_out", "blocks.1.resid_post"),
    "embed blocks.0.mlp_out blocks.1.mlp_out blocks.1.resid_post",
  );
  deepEqual(
    named("stream, blocks.1.*"),
    "embed blocks.0.resid_post blocks.1.mlp_out blocks.1.resid_post fusion.0",
  );
});

Deno.test("hooksNamed() says what is wrong with a name", () => {
  const error = (message: RegExp) => ({ name: "ConfigError", message });
  throws(() => named("blocks.2.resid_post"), error(/^Cannot find hook/));
  throws(
    () => named("logits"),
    error(/"logits": it has no patches.* such as "fusion.0", "fusion.1"$/),
  );
});
