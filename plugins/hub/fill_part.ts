/**
 * Completes a partly downloaded file.
 *
 * @module
 */
import type { AnnouncedFile } from "./ask_for_file.ts";
import type { Hub, HubRequest } from "./hub.ts";
import { requestName, TransientError } from "./hub_errors.ts";
import { askHub } from "./ask_hub.ts";
import { openPart, type PartFile } from "./part_file.ts";
import { tryAgain } from "./try_again.ts";

/**
 * Downloads what the file at `path` lacks of `file`, and flushes it to disk.
 * When the connection breaks, it continues from there. It stops soon after the
 * announced size is exceeded.
 *
 * @throws {ConfigError} When the connection breaks repeatedly without progress;
 * `path` keeps what arrived.
 */
export async function fillPart(
  hub: Hub,
  file: AnnouncedFile,
  path: string,
): Promise<void> {
  const { size = Infinity } = file;
  using part = await openPart(path);
  if (part.length > size) await part.restart();
  const attempt = async () => {
    if (part.length < size) await download(hub, file, part);
    if (part.length < size && file.size !== undefined) {
      throw new TransientError(
        `it ended after ${part.length} of ${size} bytes`,
      );
    }
  };
  const kept = () =>
    part.length === 0
      ? ""
      : `; the ${
        bytesText(part.length)
      } that arrived are kept for the next start`;
  await tryAgain(hub, file, attempt, { progress: () => part.most, kept });
  await part.flush();
}

/** Appends the body of one response. */
async function download(
  hub: Hub,
  file: AnnouncedFile,
  part: PartFile,
): Promise<void> {
  const { size = Infinity } = file, text = progressText(file);
  const total = file.size === undefined ? {} : { total: file.size };
  await askHub(hub, requestFrom(file, part.length), async (answer, body) => {
    const start = startOf(answer);
    // A server that cannot begin in the middle sends everything.
    if (start !== part.length) await part.restart();
    if (start !== part.length) {
      throw new TransientError("it cannot continue in the middle of the file");
    }
    for await (const bytes of body) {
      await part.write(bytes);
      if (part.length > size) return;
      hub.report({ text, done: part.length, ...total });
    }
  });
}

function requestFrom(
  { url, id, file }: AnnouncedFile,
  start: number,
): HubRequest {
  const headers = { range: `bytes=${start}-` };
  return start === 0
    ? { url, id, file }
    : { url, id, file, headers, wanted: ({ status }) => status === 416 };
}

/** The byte of the file at which the body of `answer` begins; -1 when that is unknown. */
function startOf({ status, headers }: Response): number {
  if (status === 200) return 0;
  const range = /^bytes (\d+)-/.exec(headers.get("content-range") ?? "");
  return status === 206 && range ? Number(range[1]) : -1;
}

function progressText(file: AnnouncedFile): string {
  const size = file.size === undefined ? "" : `, ${bytesText(file.size)}`;
  return `downloading ${requestName(file)}${size}`;
}

/**
 * A number of bytes as text.
 *
 * @example
 * ```ts
 * import { bytesText } from "./fill_part.ts";
 * import { equal } from "node:assert/strict";
 *
 * equal(bytesText(99_173_660), "99.2 MB");
 * equal(bytesText(783), "783 bytes");
 * ```
 */
export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1e6
    ? `${(bytes / 1e3).toFixed(1)} kB`
    : bytes < 1e9
    ? `${(bytes / 1e6).toFixed(1)} MB`
    : `${(bytes / 1e9).toFixed(2)} GB`;
}
