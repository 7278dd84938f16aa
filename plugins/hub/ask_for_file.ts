/**
 * Asks a hub for a file's hash and size.
 *
 * @module
 */
import type { Hub, HubRequest } from "./hub.ts";
import type { Snapshot } from "./hub_cache.ts";
import { hubError } from "./hub_errors.ts";
import type { HubId } from "./hub_id.ts";
import { askHub } from "./ask_hub.ts";
import { tryAgain } from "./try_again.ts";

/** A file of a model at a hub. */
export interface HubFile {
  /** The model. */
  readonly id: HubId;
  /** Its name. */
  readonly file: string;
  /** The snapshot in the cache that it belongs to. */
  readonly snapshot: Snapshot;
}

/** A file with what the hub says about it. */
export interface AnnouncedFile extends HubFile {
  /** Its address. */
  readonly url: string;
  /** Its SHA-256; its git hash when it is small. */
  readonly etag: string;
  /** Its size in bytes, which not every hub says. */
  readonly size: number | undefined;
}

/**
 * Asks the hub about a file, by commit, so that all files come from the same
 * one.
 *
 * @throws {ConfigError} When the hub does not have the file, cannot be reached,
 * or is not a hub.
 */
export async function askForFile(
  hub: Hub,
  file: HubFile,
): Promise<AnnouncedFile> {
  const { id, snapshot } = file;
  const url =
    `${hub.endpoint}/${id.repo}/resolve/${snapshot.commit}/${file.file}`;
  const request: HubRequest = {
    url,
    id,
    file: file.file,
    method: "HEAD",
    // It may redirect to a file host, which does not know the hash.
    wanted: ({ headers, status }) =>
      status < 400 && headers.has("x-linked-etag"),
  };
  const answer = await tryAgain(
    hub,
    file,
    () => askHub(hub, request, (answer) => answer),
  );
  return {
    ...file,
    url,
    etag: etagOf(hub, file, answer),
    size: bytesOf(answer),
  };
}

function etagOf(hub: Hub, file: HubFile, { headers }: Response): string {
  const etag = (headers.get("x-linked-etag") ?? headers.get("etag") ?? "")
    .replace(/^W\//, "").replaceAll('"', "");
  // It becomes a file name.
  if (/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(etag)) return etag;
  const why = "it does not say the hash of the file; check HF_ENDPOINT";
  throw hubError(hub, file, why);
}

function bytesOf({ headers, ok }: Response): number | undefined {
  const said = headers.get("x-linked-size") ??
    (ok ? headers.get("content-length") : null);
  return said !== null && /^\d+$/.test(said) ? Number(said) : undefined;
}
