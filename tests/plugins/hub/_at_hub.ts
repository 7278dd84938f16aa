/**
 * Sets up a hub and a cache for tests of downloads.
 *
 * @module
 */
import { join } from "node:path";
import type { PluginEvent } from "tessera";
import type { Hub } from "../../../plugins/hub/hub.ts";
import { openHub } from "../../../plugins/hub/open_hub.ts";
import type { HubId } from "../../../plugins/hub/hub_id.ts";
import {
  type FakeHub,
  fakeHub,
  type FakeHubOptions,
  repo,
  sha256,
} from "./_fake_hub.ts";

/** Bytes like weights: many, and never repeating. */
export const weights: Uint8Array<ArrayBuffer> = Uint8Array.from(
  { length: 300_000 },
  (_, i) => (i * 2654435761) >>> 13,
);

/** The files of the model. */
const files = {
  "README.md": "# A model",
  "config.json": '{"model_type":"vit"}',
  "preprocessor_config.json": "{}",
  "model.safetensors": weights,
  "pytorch_model.bin": "a pickle",
};

/** What a test works with. */
export interface At {
  /** The server. */
  readonly server: FakeHub;
  /** How to talk to it. */
  readonly hub: Hub;
  /** Its model. */
  readonly id: HubId;
  /** The model's folder in the cache. */
  readonly folder: string;
  /** What was reported. */
  readonly events: PluginEvent[];
  /** The waits it asked for, in milliseconds. */
  readonly waits: number[];
  /** Lists one of the model's folders. */
  list(folder: string): Promise<string[]>;
}

/** Runs `body` with a hub, an empty cache, and no waiting. */
export async function atHub(
  options: Partial<FakeHubOptions>,
  body: (at: At) => Promise<void>,
  changes: Partial<Hub> = {},
): Promise<void> {
  const server = fakeHub({ files, card: { license: "mit" }, ...options });
  const home = await Deno.makeTempDir();
  const events: PluginEvent[] = [], waits: number[] = [];
  const hub = await openHub({
    wait: (milliseconds) => {
      waits.push(milliseconds);
      return Promise.resolve();
    },
    report: (event) => events.push(event),
    ...changes,
  }, { HF_HOME: home, HF_ENDPOINT: server.endpoint });
  const folder = join(home, "hub", `models--${repo.replace("/", "--")}`);
  const list = async (name: string) =>
    (await Array.fromAsync(Deno.readDir(join(folder, name)))).map(({ name }) =>
      name
    ).sort();
  const id = { repo, revision: "main" };
  try {
    await body({ server, hub, id, folder, events, waits, list });
  } finally {
    await server.stop();
    await Deno.remove(home, { recursive: true });
  }
}

/** The partly downloaded weights in the cache. */
export const partName: string = `${sha256(weights)}.incomplete`;
