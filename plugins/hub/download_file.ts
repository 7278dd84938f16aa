/**
 * Downloads a file into the cache and checks its hash.
 *
 * @module
 */
import { join } from "node:path";
import {
  type AnnouncedFile,
  askForFile,
  type HubFile,
} from "./ask_for_file.ts";
import { explainDiskErrors } from "./explain_disk_errors.ts";
import { bytesText, fillPart } from "./fill_part.ts";
import { gitHash, hashFile } from "./hash_file.ts";
import type { Hub } from "./hub.ts";
import { linkBlob, sizeOf, whileLocked } from "./hub_cache.ts";
import { hubError, requestName } from "./hub_errors.ts";

/**
 * Downloads a file into the cache unless it is there, continuing a download
 * that this program or another left unfinished.
 *
 * @throws {ConfigError} When the hub does not deliver the file, delivers
 * something other than it announced, or the file cannot be stored.
 */
export async function downloadFile(hub: Hub, file: HubFile): Promise<void> {
  const announced = await askForFile(hub, file);
  const { snapshot, etag, size } = announced;
  const blob = join(snapshot.repo, "blobs", etag), what = requestName(file);
  const waiting = () =>
    hub.report({
      text: `another program is downloading ${what}: waiting for it`,
    });
  const needed = size === undefined ? "" : ` for its ${bytesText(size)}`;
  const download = async () => {
    const there = await sizeOf(blob);
    if (there === undefined || there !== (size ?? there)) {
      await downloadBlob(hub, announced, blob);
    }
    await linkBlob(snapshot, file.file, etag);
  };
  await explainDiskErrors(
    hub.cache,
    what,
    () => whileLocked(hub.cache, snapshot, etag, waiting, download),
    needed,
  );
}

async function downloadBlob(
  hub: Hub,
  file: AnnouncedFile,
  blob: string,
): Promise<void> {
  const part = `${blob}.incomplete`;
  await Deno.mkdir(join(file.snapshot.repo, "blobs"), { recursive: true });
  const before = await sizeOf(part) ?? 0;
  await fillPart(hub, file, part);
  const wrong = await whatIsWrong(part, file);
  if (wrong === undefined) return await Deno.rename(part, blob);
  await Deno.remove(part);
  // What an earlier start left behind may be to blame.
  if (before > 0) return await downloadBlob(hub, file, blob);
  const why =
    `${wrong}, and was removed; try again, or try another HF_ENDPOINT`;
  throw hubError(hub, file, why);
}

async function whatIsWrong(
  path: string,
  { etag, size }: AnnouncedFile,
): Promise<string | undefined> {
  if (size !== undefined && await sizeOf(path) !== size) {
    return `the download has more than the ${size} bytes that were announced`;
  }
  const hash = etag.length === 64 ? hashFile : gitHash;
  return await hash(path) === etag
    ? undefined
    : `the download does not have the hash ${etag} that was announced`;
}
