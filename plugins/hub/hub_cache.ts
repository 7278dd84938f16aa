/**
 * The cache that Hugging Face's programs share: `models--{owner}--{name}/` with
 * files by hash in `blobs/`, links to them in `snapshots/{commit}/`, and the
 * commits of branches in `refs/`
 * (https://huggingface.co/docs/hub/local-cache).
 *
 * @module
 */
import { dirname, join } from "node:path";
import { replaceTextFile } from "../../mod.ts";
import type { HubId } from "./hub_id.ts";

/** A model at one commit, in the cache. */
export interface Snapshot {
  /** The model's folder in the cache. */
  readonly repo: string;
  /** The commit, in hexadecimal. */
  readonly commit: string;
}

/** The folder of a model in the cache. */
export function repoFolder(cache: string, { repo }: HubId): string {
  return join(cache, `models--${repo.replace("/", "--")}`);
}

/** The folder of a snapshot's files. */
export function snapshotFolder({ repo, commit }: Snapshot): string {
  return join(repo, "snapshots", commit);
}

/** The file whose presence says that the hub has no `file`. */
function absentPath({ repo, commit }: Snapshot, file: string): string {
  return join(repo, ".no_exist", commit, file);
}

/** Where a snapshot's licence is kept; other programs ignore it. */
function licencePath({ repo, commit }: Snapshot): string {
  return join(repo, ".licence", commit);
}

/** The snapshot that `id` names, if the cache knows of it; files may be missing. */
export async function findSnapshot(
  cache: string,
  id: HubId,
): Promise<Snapshot | undefined> {
  const repo = repoFolder(cache, id);
  const commit = isCommit(id.revision)
    ? id.revision
    : await readText(join(repo, "refs", id.revision));
  return commit && isCommit(commit) ? { repo, commit } : undefined;
}

/** Whether `text` is a full commit hash, in hexadecimal. */
export function isCommit(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text);
}

/** Those of `files` that are neither in the cache nor known to be absent at the hub. */
export async function missingFiles(
  snapshot: Snapshot,
  files: readonly string[],
): Promise<string[]> {
  const missing: string[] = [];
  for (const file of files) {
    const known = await isThere(join(snapshotFolder(snapshot), file)) ||
      await isThere(absentPath(snapshot, file));
    if (!known) missing.push(file);
  }
  return missing;
}

/** The licence that was stored when the snapshot was downloaded. */
export async function readLicence(
  snapshot: Snapshot,
): Promise<string | undefined> {
  return await readText(licencePath(snapshot));
}

/** Stores what is known about a snapshot besides its files. */
export async function noteSnapshot(
  snapshot: Snapshot,
  { revision }: HubId,
  { absent, licence }: { absent: readonly string[]; licence: string },
): Promise<void> {
  for (const file of absent) await put(absentPath(snapshot, file), "");
  await put(licencePath(snapshot), licence);
  // Last, so that it never points to an incomplete snapshot.
  if (!isCommit(revision)) {
    await put(join(snapshot.repo, "refs", revision), snapshot.commit);
  }
}

/** Links the blob named `etag` into the snapshot as `file`. */
export async function linkBlob(
  snapshot: Snapshot,
  file: string,
  etag: string,
): Promise<void> {
  const folder = snapshotFolder(snapshot), path = join(folder, file);
  if (await isThere(path)) return;
  await Deno.mkdir(folder, { recursive: true });
  const blob = join(snapshot.repo, "blobs", etag);
  const temporary = `${path}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  await firstThatWorks([
    () =>
      Deno.symlink(join("..", "..", "blobs", etag), temporary, {
        type: "file",
      }),
    // Windows lets only some users make symbolic links.
    () => Deno.link(blob, temporary),
    () => Deno.copyFile(blob, temporary),
  ]);
  await Deno.rename(temporary, path);
}

/**
 * Runs `body` while holding the lock `name`, which Hugging Face's programs use
 * for blobs, too. `waiting` is called when another program holds it.
 */
export async function whileLocked<T>(
  cache: string,
  { repo }: Snapshot,
  name: string,
  waiting: () => void,
  body: () => Promise<T>,
): Promise<T> {
  const folder = join(cache, ".locks", repo.slice(dirname(repo).length + 1));
  await Deno.mkdir(folder, { recursive: true });
  const path = join(folder, `${name}.lock`);
  using file = await Deno.open(path, { create: true, write: true });
  // Some network disks have no locks; the hash is checked anyway.
  if (!await file.tryLock(true).catch(() => true)) {
    waiting();
    await file.lock(true);
  }
  return await body();
}

/** The size of the file at `path`, following links; `undefined` when there is none. */
export async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await Deno.stat(path)).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    if (error instanceof Deno.errors.NotADirectory) return undefined;
    throw error;
  }
}

async function isThere(path: string): Promise<boolean> {
  return await sizeOf(path) !== undefined;
}

async function readText(path: string): Promise<string | undefined> {
  if (!await isThere(path)) return undefined;
  return (await Deno.readTextFile(path)).trim();
}

async function put(path: string, text: string): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await replaceTextFile(path, text);
}

async function firstThatWorks(
  ways: readonly (() => Promise<void>)[],
): Promise<void> {
  for (const [i, way] of ways.entries()) {
    try {
      return await way();
    } catch (error) {
      if (i === ways.length - 1) throw error;
    }
  }
}
