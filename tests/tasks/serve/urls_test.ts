import { equal } from "node:assert/strict";
import {
  apiLatentsUrl,
  figureUrl,
  imageUrl,
  latentUrl,
  pictureUrl,
} from "../../../tasks/serve/urls.ts";

Deno.test("addresses escape names, and take a query as text or as values", () => {
  equal(
    latentUrl("a & b", 7, "?sort=max"),
    "/runs/a%20%26%20b/latents/7?sort=max",
  );
  equal(
    imageUrl("r", "own-1", { patch: 3, layer: "error" }),
    "/runs/r/images/own-1?patch=3&layer=error",
  );
  equal(imageUrl("r", 4, {}), "/runs/r/images/4");
  equal(apiLatentsUrl("r", { q: "a b" }), "/api/runs/r/latents?q=a+b");
  equal(figureUrl("r", "a/b", "plot"), "/runs/r/probes/a%2Fb/figures/plot.svg");
  equal(
    pictureUrl({ name: "r", version: "f0" }, 1, "thumb"),
    "/runs/r/pictures/1/thumb?v=f0",
  );
});
