import { equal } from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { absolutePaths } from "../../../core/run/absolute_paths.ts";

const home = await Deno.makeTempDir();
addEventListener("unload", () => Deno.removeSync(home, { recursive: true }));
await Deno.mkdir(join(home, "owner", "folder"), { recursive: true });

/** How the option `model` is stored. */
function stored(text: string, format: string): unknown {
  const schema = {
    type: "object",
    properties: { model: { type: "string", format } },
  };
  const startOf = () => new URL(`${pathToFileURL(home).href}/`);
  const { model } = absolutePaths({ model: text }, { schema, startOf }) as {
    model: unknown;
  };
  return model;
}

/** Values of an option that is a folder or a hub id, and what they become. */
const texts: readonly [string, string][] = [
  ["owner/name", "owner/name"],
  ["owner/name@v1", "owner/name@v1"],
  ["owner/folder", join(home, "owner", "folder")],
  ["./owner/name", join(home, "owner", "name")],
  ["../name", join(home, "..", "name")],
  ["name", join(home, "name")],
  ["owner/name/more", join(home, "owner", "name", "more")],
  ["/owner/name", "/owner/name"],
  ["file:///owner/name", "file:///owner/name"],
];

for (const [text, expected] of texts) {
  Deno.test(`absolutePaths() makes a model "${text}" ${expected.replace(home, "…")}`, () => {
    equal(stored(text, "model"), expected);
  });
}

Deno.test("absolutePaths() makes every path absolute that cannot be a model", () => {
  equal(stored("owner/name", "path"), join(home, "owner", "name"));
});
