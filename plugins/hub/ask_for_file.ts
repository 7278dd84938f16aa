/**
 * A file at a hub in, what the hub says of it out: its hash and its size.
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
  /** Where it comes into the cache. */
  readonly snapshot: Snapshot;
}

/** What the hub says of a file. */
export interface AnnouncedFile extends HubFile {
  /** Its address. */
  readonly url: string;
  /** Its SHA-256, or what git calls it when it is small. */
  readonly etag: string;
  /** Its bytes; not every hub says how many. */
  readonly size: number | undefined;
}

/**
 * Asks what the hub knows of a file: by commit, so that all files are of the
 * same one.
 *
 * @throws {ConfigError} When it does not have it, cannot be reached or is no hub.
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
    // It may be a redirect to where the file lies, and nobody there knows its hash.
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
  // It becomes the name of a file.
  if (/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(etag)) return etag;
  const why = "it does not say the hash of the file; check HF_ENDPOINT";
  throw hubError(hub, file, why);
}

function bytesOf({ headers, ok }: Response): number | undefined {
  const said = headers.get("x-linked-size") ??
    (ok ? headers.get("content-length") : null);
  return said !== null && /^\d+$/.test(said) ? Number(said) : undefined;
}
