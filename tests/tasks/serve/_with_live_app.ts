/**
 * Opens the pages over a run whose model can be asked, and closes them.
 *
 * @module
 */
import type { Hono } from "hono";
import { builtins } from "../../../plugins/mod.ts";
import { createApp } from "../../../tasks/serve/app.tsx";
import {
  openContext,
  type ServeContext,
} from "../../../tasks/serve/context.ts";
import { anyPlugin } from "./_any_plugin.ts";
import { goldenRun, type GoldenRunOptions } from "./_golden_run.ts";

/** What a test has. */
export interface LiveApp {
  /** The pages. */
  readonly app: Hono;
  /** What they have at hand. */
  readonly context: ServeContext;
  /** The folder of the runs. */
  readonly root: string;
  /** A page as text; its status must be as wanted. */
  text(path: string, status?: number): Promise<string>;
  /** What the API answers. */
  // deno-lint-ignore no-explicit-any
  json(path: string, status?: number): Promise<any>;
  /** What the API answers to a body that is sent as JSON. */
  // deno-lint-ignore no-explicit-any
  post(path: string, body: unknown, status?: number): Promise<any>;
}

/** Makes the run `g`, opens the pages, and closes them. */
export async function withLiveApp(
  body: (test: LiveApp) => Promise<void>,
  options?: GoldenRunOptions,
): Promise<void> {
  const root = await Deno.makeTempDir();
  await goldenRun(root, "g", options);
  const context = await openContext(root, builtins, root, anyPlugin),
    bugs: unknown[] = [];
  const app = createApp({ ...context, onBug: (error) => bugs.push(error) });
  const answer = async (
    path: string,
    status: number,
    init?: RequestInit,
  ): Promise<string> => {
    const response = await app.request(path, init);
    const text = await response.text();
    if (response.status !== status) {
      throw new Error(`${path}: ${response.status}\n${text.slice(0, 500)}`);
    }
    return text;
  };
  try {
    await body({
      ...{ app, context, root },
      text: (path, status = 200) => answer(path, status),
      json: async (path, status = 200) =>
        JSON.parse(await answer(path, status)),
      post: async (path, body, status = 200) =>
        JSON.parse(
          await answer(path, status, {
            method: "POST",
            body: JSON.stringify(body),
          }),
        ),
    });
    if (bugs.length > 0) throw bugs[0];
  } finally {
    await context.pictures.close();
    await context.models.close();
    await Deno.remove(root, { recursive: true });
  }
}

/** The numbers of a tensor as the API sends it. */
export function floats({ data }: { data: string }): Float32Array {
  return new Float32Array(Uint8Array.fromBase64(data).buffer);
}
