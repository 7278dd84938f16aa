/** Tests of the house: which room may import which, how long a file is, what is documented. @module */
import { deepEqual, ok } from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { circles, importsOf, project, sourceFiles } from "./_imports.ts";

const core = [
  "core",
  "core/edit",
  "core/files",
  "core/findings",
  "core/latents",
  "core/run",
  "core/statistics",
  "core/train",
];

const graphs = [
  "plugins/encoders/checkpoint",
  "plugins/encoders/network",
  "plugins/encoders/pictures",
  "plugins/encoders/transformer",
];

/** What a command may import. */
const task = [...core, "plugins/mod.ts", "tasks/terminal", "tasks/runs"];

const serveData = [
  ...core,
  "plugins/mod.ts",
  "tasks/serve",
  "tasks/serve/http",
];

/** What a room may import besides itself. A file lies in the room with the longest name that its path begins with. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  "mod.ts": core,

  "core": [],
  "core/files": ["core"],
  "core/run": ["core", "core/files"],
  "core/statistics": ["core"],
  "core/findings": ["core", "core/statistics"],
  "core/train": ["core", "core/files", "core/run", "core/statistics"],
  "core/latents": ["core", "core/files", "core/run", "core/train"],
  "core/edit": ["core"],

  "plugins/mod.ts": ["mod.ts"],
  "plugins/hub": ["mod.ts"],
  "plugins/sparsifiers": ["mod.ts"],
  "plugins/engines": ["mod.ts"],
  "plugins/datasets": ["mod.ts", "plugins/hub", "plugins/datasets/sources"],
  "plugins/datasets/sources": ["mod.ts", "plugins/hub"],
  "plugins/encoders": ["mod.ts", ...graphs],
  "plugins/encoders/network": ["mod.ts"],
  "plugins/encoders/checkpoint": [
    "mod.ts",
    "plugins/hub",
    "plugins/encoders/network",
  ],
  "plugins/encoders/pictures": ["mod.ts", "plugins/encoders/checkpoint"],
  "plugins/encoders/transformer": ["mod.ts", ...graphs],
  "plugins/encoders/dinov3": ["mod.ts", ...graphs],
  "plugins/encoders/clip": ["mod.ts", ...graphs],
  "plugins/encoders/siglip": ["mod.ts", ...graphs],
  "plugins/encoders/patches": ["mod.ts", ...graphs],
  "plugins/encoders/onnx": ["mod.ts", "plugins/hub", ...graphs],
  "plugins/encoders/theia": ["mod.ts", ...graphs, "plugins/encoders/vit"],
  "plugins/encoders/vit": ["mod.ts", ...graphs],
  "plugins/encoders/dinov2": ["mod.ts", ...graphs],
  "plugins/encoders/depth_anything": [
    "mod.ts",
    ...graphs,
    "plugins/encoders/dinov2",
  ],
  "plugins/probes": ["mod.ts"],
  "plugins/probes/figures": ["mod.ts"],
  "plugins/probes/study": ["mod.ts"],
  "plugins/probes/where": [
    "mod.ts",
    "plugins/probes/figures",
    "plugins/probes/study",
  ],
  "plugins/probes/who": [
    "mod.ts",
    "plugins/probes/figures",
    "plugins/probes/study",
    "plugins/sparsifiers",
  ],
  "plugins/probes/depth": [
    "mod.ts",
    "plugins/probes/figures",
    "plugins/probes/study",
    "plugins/probes/where",
    "plugins/probes/who",
  ],
  "plugins/probes/reconstruction": ["mod.ts", "plugins/probes/figures"],

  "tasks": task,
  "tasks/terminal": core,
  "tasks/runs": [...core, "plugins/mod.ts", "tasks/terminal"],
  "tasks/train": task,
  "tasks/index": task,
  "tasks/probe": task,
  "tasks/new_plugin": task,
  "tasks/predict": [...task, "plugins/datasets/sources"],
  "tasks/report": [
    ...task,
    "tasks/serve",
    "tasks/serve/pages",
    "tasks/serve/live",
    "tasks/serve/parts",
    "tasks/serve/runs",
  ],
  "tasks/serve": [
    ...serveData,
    "tasks/terminal",
    "tasks/serve/runs",
    "tasks/serve/live",
  ],
  "tasks/serve/http": [...core, "tasks/serve"],
  "tasks/serve/runs": serveData,
  "tasks/serve/live": [
    ...serveData,
    "tasks/serve/runs",
    "plugins/datasets/sources",
  ],
  "tasks/serve/parts": [
    ...serveData,
    "tasks/terminal",
    "tasks/serve/runs",
    "tasks/serve/live",
  ],
  "tasks/serve/pages": [
    ...serveData,
    "tasks/serve/runs",
    "tasks/serve/live",
    "tasks/serve/parts",
  ],
  "tasks/serve/api": [
    ...serveData,
    "tasks/serve/runs",
    "tasks/serve/live",
    "tasks/serve/parts",
  ],
  "tests/conformance": ["mod.ts", "plugins/engines"],
};

/** Files that are doors: they list what lies behind them, and may import all of it. */
const doors: Readonly<Record<string, string>> = {
  "plugins/mod.ts": "plugins/",
  "plugins/encoders/auto.ts": "plugins/encoders/",
  "plugins/encoders/depth_nano.ts": "plugins/encoders/depth_anything/",
  "tasks/serve/app.tsx": "tasks/serve/",
  "tasks/serve/context.ts": "tasks/serve/",
  "tasks/serve/main.ts": "tasks/",
};

/** The room in `rooms` that a file lies in. */
function roomOf(path: string, rooms: readonly string[]): string | undefined {
  return rooms.filter((room) => path === room || path.startsWith(`${room}/`))
    .sort((a, b) => b.length - a.length)[0];
}

const files = await sourceFiles();
const rooms = Object.keys(mayImport);

Deno.test("house: no file imports itself by way of others", () => {
  deepEqual(circles(files), []);
});

Deno.test("house: a room imports only those that it may", () => {
  const wrong = files.flatMap(({ path, imports }) => {
    const from = roomOf(path, rooms)!;
    return imports.filter((to) => {
      const into = roomOf(to, rooms)!;
      const behind = doors[path] !== undefined && to.startsWith(doors[path]!);
      return into !== from && !behind && !mayImport[from]!.includes(into);
    }).map((to) => `${path} imports ${to}`);
  });
  deepEqual(wrong, []);
});

Deno.test("house: every file lies in a room that has its arrows", () => {
  const lost = files.filter(({ path }) => !roomOf(path, rooms));
  deepEqual(lost.map(({ path }) => path), []);
});

Deno.test("house: no file is longer than 400 lines", () => {
  const long = files.map(({ path, text }) =>
    [path, text.split("\n").length - 1] as const
  ).filter(([, lines]) => lines > 400);
  deepEqual(long, []);
});

Deno.test("house: every export has a sentence", () => {
  const bare = files.flatMap(({ path, text }) =>
    undocumented(text).map((line) => `${path}: ${line}`)
  );
  deepEqual(bare, []);
});

/** Lines that export something new with no documentation above. */
function undocumented(text: string): string[] {
  const lines = text.split("\n").filter((line) => !/^(\/\/ @|@)/.test(line));
  return lines.filter((line, i) =>
    /^export (default |declare |abstract )?(async )?(function|const|let|class|interface|type|enum|namespace) ?\*? ?\w/
      .test(line) && !lines[i - 1]?.trimEnd().endsWith("*/")
  );
}

Deno.test("house: files that pages name exist", async () => {
  const pages = [
    "README.md",
    "CONTRIBUTING.md",
    "core/README.md",
    "plugins/README.md",
    "tests/bench/README.md",
    "docs/security.md",
  ];
  const missing: string[] = [];
  for (const page of pages) {
    const text = await Deno.readTextFile(join(project, page));
    const named = text.matchAll(
      /\b(?:core|plugins|tasks|tests|fixtures)\/[\w./-]*\.(?:tsx?|md|json)\b/g,
    );
    for (const [path] of named) {
      if (!existsSync(join(project, path))) missing.push(`${page}: ${path}`);
    }
  }
  deepEqual(missing, []);
});

Deno.test("house: its tests see what they look for", () => {
  const file = (path: string, text: string) => ({
    path,
    text,
    imports: importsOf(path, text),
  });
  const a = file("a.ts", `import type { B } from "./b.ts";`);
  const b = file("b.ts", `const c = await import("./d/c.ts");`);
  const c = file("d/c.ts", `export {\n  a,\n} from "../a.ts";`);
  deepEqual(circles([a, b, c]), [["a.ts", "b.ts", "d/c.ts"]]);
  deepEqual(circles([a, b, file("d/c.ts", `// from "../a.ts"`)]), []);
  deepEqual(undocumented("/** One. */\nexport const one = 1;"), []);
  deepEqual(undocumented("\nexport function* one() {}"), [
    "export function* one() {}",
  ]);
  ok(files.some(({ path }) => path.startsWith("core/train/")), project);
});
