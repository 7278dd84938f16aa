/**
 * Downloads a model from a hub into the cache.
 *
 * @module
 */
import { z } from "zod";
import { ConfigError } from "../../mod.ts";
import { downloadFile } from "./download_file.ts";
import { explainDiskErrors } from "./explain_disk_errors.ts";
import type { Hub } from "./hub.ts";
import {
  findSnapshot,
  isCommit,
  missingFiles,
  noteSnapshot,
  readLicence,
  repoFolder,
  type Snapshot,
  snapshotFolder,
} from "./hub_cache.ts";
import { hubError } from "./hub_errors.ts";
import type { HubId } from "./hub_id.ts";
import { askHub } from "./ask_hub.ts";
import { cardSchema, licenceName, licenceNotice } from "./licences.ts";
import { tryAgain } from "./try_again.ts";

/** A model in the cache. */
export interface HubModel {
  /** The folder of its files. */
  readonly path: string;
  /** Its name and commit: `"owner/name@commit"`. */
  readonly source: string;
  /** Its licence, when it is known. */
  readonly licence?: string | undefined;
}

/** The only files that are ever downloaded, the weights last; none can contain code. */
const files = ["config.json", "preprocessor_config.json", "model.safetensors"];

/** The file that a model may lack. */
const optional = "preprocessor_config.json";

/** The list of files that sharded weights come with. */
const shards = "model.safetensors.index.json";

const modelSchema = z.object({
  sha: z.string().refine(isCommit),
  siblings: z.array(z.object({ rfilename: z.string() })),
  cardData: cardSchema.nullish().catch(undefined),
});

/** The hub's description of a model. */
type ModelInfo = z.output<typeof modelSchema>;

/**
 * The model that `id` names, downloaded unless the cache holds all of it. The
 * hub is not asked whether a cached model is current: to use a newer one, name
 * its revision. Before a model is downloaded whose licence is not permissive,
 * `hub.report` is told.
 *
 * @throws {ConfigError} When the cache does not hold all of it, and the hub does
 * not have it or cannot be reached, or the cache cannot be written to.
 */
export async function downloadModel(hub: Hub, id: HubId): Promise<HubModel> {
  const known = await findSnapshot(hub.cache, id);
  const missing = known ? await missingFiles(known, files) : files;
  if (known && missing.length === 0) return await modelIn(known, id);
  if (hub.offline) throw offlineError(hub, id, known ? missing : undefined);
  const info = await askForModel(hub, id);
  checkFiles(hub, id, info);
  const snapshot = { repo: repoFolder(hub.cache, id), commit: info.sha };
  const card = info.cardData ?? {};
  const notice = licenceNotice(`${hub.endpoint}/${id.repo}`, card);
  if (notice !== undefined) hub.report({ text: notice });
  for (const file of files) {
    if (has(info, file)) await downloadFile(hub, { id, file, snapshot });
  }
  const absent = files.filter((file) => !has(info, file));
  const notes = { absent, licence: licenceName(card) };
  await explainDiskErrors(
    hub.cache,
    `"${id.repo}"`,
    () => noteSnapshot(snapshot, id, notes),
  );
  return await modelIn(snapshot, id);
}

async function modelIn(snapshot: Snapshot, { repo }: HubId): Promise<HubModel> {
  return {
    path: snapshotFolder(snapshot),
    source: `${repo}@${snapshot.commit}`,
    licence: await readLicence(snapshot),
  };
}

async function askForModel(hub: Hub, id: HubId): Promise<ModelInfo> {
  const revision = encodeURIComponent(id.revision);
  const url = `${hub.endpoint}/api/models/${id.repo}/revision/${revision}`;
  const text = await tryAgain(
    hub,
    { id },
    () => askHub(hub, { url, id }, async (_, body) => await textOf(body)),
  );
  try {
    return modelSchema.parse(JSON.parse(text));
  } catch (cause) {
    const why =
      "its description of the model is not that of a hub; check HF_ENDPOINT";
    throw hubError(hub, { id }, why, { cause });
  }
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces = await Array.fromAsync(body);
  return await new Blob(pieces as Uint8Array<ArrayBuffer>[]).text();
}

function has({ siblings }: ModelInfo, file: string): boolean {
  return siblings.some(({ rfilename }) => rfilename === file);
}

function checkFiles(hub: Hub, id: HubId, info: ModelInfo): void {
  const lacks = files.filter((file) => file !== optional && !has(info, file));
  if (lacks.length === 0) return;
  const why = whatInstead(hub, id, info);
  throw hubError(hub, { id }, `it has no ${lacks.join(" and no ")}: ${why}`);
}

/** Which unusable files a model has instead, and what can be done. */
function whatInstead(
  { endpoint }: Hub,
  { repo }: HubId,
  info: ModelInfo,
): string {
  const names = info.siblings.map(({ rfilename }) => rfilename);
  const pickle = names.find((name) => /\.(bin|pth?|ckpt|pkl)$/.test(name));
  if (pickle && !names.some((name) => name.includes(".safetensors"))) {
    return `its weights are a pickle, "${pickle}", and reading a pickle can run code; where a pull request at ${endpoint}/${repo}/discussions adds model.safetensors, such as number 3, write "${repo}@refs/pr/3"; otherwise convert them, or choose a model that has it`;
  }
  if (has(info, shards)) {
    return `its weights are in several files, listed in "${shards}"; join them into model.safetensors, or choose a model that has it`;
  }
  return `it has ${
    list(names.slice(0, 5))
  }; choose a model with config.json and model.safetensors`;
}

function offlineError(
  { cache }: Hub,
  { repo }: HubId,
  missing: readonly string[] | undefined,
): ConfigError {
  const what = missing === undefined
    ? `it is not in "${cache}"`
    : `${list(missing)} ${
      missing.length === 1 ? "is" : "are"
    } not in "${cache}"`;
  return new ConfigError(
    "encoder.model",
    `Cannot use "${repo}": ${what}, and HF_HUB_OFFLINE forbids downloading; unset it, or for a folder write "./${repo}"`,
  );
}

function list(names: readonly string[]): string {
  return names.length === 0
    ? "no files"
    : names.map((name) => `"${name}"`).join(", ");
}
