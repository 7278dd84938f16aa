/** Tests of files that are written whole or not at all. @module */
import { deepEqual, equal, rejects } from "node:assert/strict";
import { join } from "node:path";
import { replaceFile, replaceTextFile } from "tessera";
import {
  makeRunFolder,
  removeTemporaries,
  runFolder,
} from "../../../core/run/run_folder.ts";

async function inFolder(
  body: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function names(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name))
    .sort();
}

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

Deno.test("replaceFile() writes a new file and replaces an old one", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "a.bin");
    await replaceFile(path, async (write) => {
      await write(bytes(1, 2));
      await write(bytes());
      await write(bytes(3));
    });
    deepEqual(await Deno.readFile(path), bytes(1, 2, 3));
    await replaceTextFile(path, "é");
    equal(await Deno.readTextFile(path), "é");
    deepEqual(await names(folder), ["a.bin"]);
  });
});

Deno.test("replaceFile() shows the old file until the new one is whole", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "a.txt");
    await replaceTextFile(path, "old");
    await replaceFile(path, async (write) => {
      await write(bytes(110, 101, 119));
      equal(await Deno.readTextFile(path), "old");
    });
    equal(await Deno.readTextFile(path), "new");
  });
});

Deno.test("replaceFile() leaves the old file and no other when the disk is full", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "a.txt");
    await replaceTextFile(path, "old");
    await rejects(
      replaceFile(path, async (write) => {
        await write(bytes(1, 2, 3));
        throw new Error("No space left on device (os error 28)");
      }),
      /No space left/,
    );
    deepEqual(await names(folder), ["a.txt"]);
    equal(await Deno.readTextFile(path), "old");
  });
});

Deno.test("replaceFile() fails when the folder does not exist", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "none", "a.txt");
    await rejects(replaceTextFile(path, "x"), Deno.errors.NotFound);
  });
});

Deno.test("removeTemporaries() removes what a killed process was writing, and nothing else", async () => {
  await inFolder(async (path) => {
    const folder = runFolder(path);
    await makeRunFolder(folder);
    await Deno.writeTextFile(join(path, "my.tmp"), "mine");
    await replaceTextFile(folder.config, "{}");
    // What a process leaves if it is killed before renaming the file.
    const { rename } = Deno;
    try {
      Deno.rename = () => Promise.reject(new Error("killed"));
      const { remove } = Deno;
      Deno.remove = () => Promise.resolve();
      for (const file of [folder.state, folder.config, folder.results]) {
        await rejects(replaceTextFile(file, "half"), /killed/);
      }
      Deno.remove = remove;
    } finally {
      Deno.rename = rename;
    }
    equal((await names(path)).length, 6);
    equal((await names(join(path, "state"))).length, 1);
    await removeTemporaries(folder);
    deepEqual(await names(path), [
      "checkpoint",
      "config.json",
      "my.tmp",
      "state",
    ]);
    deepEqual(await names(join(path, "state")), []);
  });
});
