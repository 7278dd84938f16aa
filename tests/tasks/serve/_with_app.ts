/**
 * Opens the pages over made-up runs, and closes them.
 *
 * @module
 */
import { equal } from "node:assert/strict";
import type { Hono } from "hono";
import { builtins } from "../../../plugins/mod.ts";
import type { Approve } from "../../../core/run/load_plugin.ts";
import { createApp } from "../../../tasks/serve/app.tsx";
import { openContext } from "../../../tasks/serve/context.ts";
import { anyPlugin } from "./_any_plugin.ts";

/** Options for {@linkcode withApp}. */
export interface WithAppOptions {
  /** What the server listens on. */
  readonly host?: string;
  /** Which plugins may run; by default all. */
  readonly approve?: Approve;
}

/** Opens the pages over the runs that `make` writes, and closes them. */
export async function withApp(
  make: (root: string) => Promise<unknown>,
  body: (app: Hono, root: string, bugs: unknown[]) => Promise<void>,
  { host, approve = anyPlugin }: WithAppOptions = {},
): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    await make(root);
    const context = await openContext(root, builtins, root, approve);
    const bugs: unknown[] = [];
    const onBug = (error: unknown): void => void bugs.push(error);
    try {
      const app = createApp({ ...context, onBug, ...host && { host } });
      await body(app, root, bugs);
    } finally {
      await context.pictures.close();
    }
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

/** The text of a page; its status must be as wanted. */
export async function textOf(
  app: Hono,
  path: string,
  status = 200,
): Promise<string> {
  const answer = await app.request(path), text = await answer.text();
  equal(answer.status, status, `${path}: ${text.slice(0, 400)}`);
  return text;
}

/** The JSON that an endpoint answers. */
export async function jsonOf(
  app: Hono,
  path: string,
  status = 200,
  // deno-lint-ignore no-explicit-any
): Promise<any> {
  return JSON.parse(await textOf(app, path, status));
}
