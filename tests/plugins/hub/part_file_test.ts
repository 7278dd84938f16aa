import { deepEqual, equal } from "node:assert/strict";
import { openPart } from "../../../plugins/hub/part_file.ts";

const bytes = Uint8Array.of(1, 2, 3, 4, 5);

/** Runs `body` with the path of a file that does not exist. */
async function atPath(body: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(`${folder}/part`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("openPart() appends, and empties on restart", () =>
  atPath(async (path) => {
    await Deno.writeFile(path, bytes);
    {
      using part = await openPart(path);
      equal(part.length, 5);
      await part.write(bytes);
      equal(part.length, 10);
    }
    deepEqual(await Deno.readFile(path), Uint8Array.of(...bytes, ...bytes));
    using part = await openPart(path);
    await part.restart();
    await part.write(bytes);
    deepEqual([part.length, part.most], [5, 10]);
    deepEqual(await Deno.readFile(path), bytes);
  }));

Deno.test("openPart() lets two programs write the same bytes on a disk without locks", () =>
  atPath(async (path) => {
    using one = await openPart(path);
    using other = await openPart(path);
    for (const byte of bytes) {
      await one.write(Uint8Array.of(byte));
      await other.write(Uint8Array.of(byte));
    }
    deepEqual(await Deno.readFile(path), bytes);
  }));
