// deno-lint-ignore-file no-console
import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { Pax } from "tar/pax";
import { FormatError } from "tessera";
import { indexTar } from "../../../../plugins/datasets/sources/tar_index.ts";
import { endMark, entry, tarOf } from "../_make_tar.ts";
import { temporaryFolder } from "../_temporary_folder.ts";

/** The files of a tar by its index: name → text. */
async function contents(tar: Uint8Array): Promise<Record<string, string>> {
  await using folder = await temporaryFolder({ "a.tar": tar });
  const path = `${folder.path}/a.tar`;
  const { names, offsets, sizes } = await indexTar(path);
  const texts = names.map((name, i) => {
    const bytes = tar.subarray(offsets[i]!, offsets[i]! + sizes[i]!);
    return [name, new TextDecoder().decode(bytes)];
  });
  return Object.fromEntries(texts);
}

Deno.test("indexTar() finds files of every length and links to them, and nothing else", async () => {
  const long = "x".repeat(10_000);
  const tar = tarOf(
    entry("./"),
    entry("folder/", "", { type: "Directory" }),
    entry("empty.jpg"),
    entry("./folder/one.jpg", "1"),
    entry("512.jpg", "y".repeat(512)),
    entry("link.jpg", "", {
      type: "SymbolicLink",
      linkpath: "512.jpg",
      size: 99,
    }),
    entry("long.jpg", long),
    entry("last.jpg", "z"),
  );
  deepEqual(await contents(tar), {
    "empty.jpg": "",
    "folder/one.jpg": "1",
    "512.jpg": "y".repeat(512),
    "link.jpg": "y".repeat(512),
    "long.jpg": long,
    "last.jpg": "z",
  });
});

Deno.test("indexTar() reads long names as ustar, pax and GNU write them", async () => {
  const name = `${"a".repeat(90)}/${"b".repeat(80)}/c.jpg`;
  const longer = `${"ä".repeat(200)}/${"b".repeat(200)}.jpg`;
  const pax = Buffer.from(new Pax({ path: longer }).encode());
  const gnu = Buffer.from(`${longer}2\0`);
  const tar = tarOf(
    entry(name, "ustar"),
    new Pax({ comment: "for all" }, true).encode(),
    pax,
    entry("cut/prefix/".repeat(12) + "cut.jpg", "pax"),
    entry("plain.jpg", "plain"),
    entry("././@LongLink", gnu, { type: "NextFileHasLongPath" }),
    entry("cut.jpg", "gnu"),
    entry("././@LongLink", gnu, { type: "NextFileHasLongLinkpath" }),
    entry("cut.jpg", "", { type: "SymbolicLink" }),
    entry("plain2.jpg", "plain2"),
  );
  deepEqual(await contents(tar), {
    [name]: "ustar",
    [longer]: "pax",
    "plain.jpg": "plain",
    [`${longer}2`]: "gnu",
    "cut.jpg": "gnu",
    "plain2.jpg": "plain2",
  });
});

Deno.test("indexTar() takes a size from a pax header", async () => {
  const first = entry("a.jpg", "0123456789", { size: 0 });
  const pax = new Pax({ size: 10 }).encode();
  deepEqual(await contents(tarOf(pax, first, entry("b.jpg", "b"))), {
    "a.jpg": "0123456789",
    "b.jpg": "b",
  });
});

Deno.test("indexTar() indexes the tars inside a tar, one level deep", async () => {
  const deepest = tarOf(entry("x.jpg", "x"));
  const inner = tarOf(entry("n1_1.JPEG", "11"), entry("deep.tar", deepest));
  const tar = tarOf(
    entry("train/n1.tar", inner),
    entry("n2.tar", tarOf(entry("n2_1.JPEG", "21"))),
    entry("readme.txt", "hello"),
  );
  const found = await contents(tar);
  deepEqual(Object.keys(found), [
    "train/n1/n1_1.JPEG",
    "train/n1/deep.tar",
    "n2/n2_1.JPEG",
    "readme.txt",
  ]);
  equal(found["train/n1/n1_1.JPEG"], "11");
  equal(found["n2/n2_1.JPEG"], "21");
});

Deno.test("indexTar() skips bodies larger than 8 GB, in a sparse file", async () => {
  const size = 9 * 1024 ** 3;
  const head = entry("huge.bin", "", { size });
  await using folder = await temporaryFolder({ "a.tar": head });
  const path = `${folder.path}/a.tar`;
  {
    using open = await Deno.open(path, { write: true });
    await open.truncate(512 + size);
    await open.seek(0, Deno.SeekMode.End);
    await open.write(tarOf(entry("after.jpg", "after")));
  }
  const index = await indexTar(path);
  deepEqual(index.names, ["huge.bin", "after.jpg"]);
  deepEqual([...index.offsets], [512, 512 + size + 512]);
  deepEqual([...index.sizes], [size, 5]);
});

const whole = tarOf(entry("a.jpg", "a".repeat(600)), entry("b.jpg", "b"));
const damaged = whole.slice();
damaged[1536 + 3] = 0x7f;
const nested = tarOf(entry("n1.tar", whole.subarray(0, 900)));
const nestedUnended = tarOf(entry("n1.tar", whole.subarray(0, 1536)));

const wrong: [string, Uint8Array, string][] = [
  ["no bytes", new Uint8Array(0), "it is empty"],
  [
    "a cut inside a file",
    whole.subarray(0, 1000),
    'it ends at byte 1000 inside "a.jpg", which needs bytes 512 to 1112; get the file again',
  ],
  [
    "a cut inside a header",
    whole.subarray(0, 1600),
    "it ends at byte 1600 inside the header that begins at byte 1536; get the file again",
  ],
  [
    "a cut between files",
    whole.subarray(0, 1536),
    'it ends at byte 1536 after "a.jpg" with no end mark; get the file again, or append 1024 zero bytes if nothing is missing',
  ],
  [
    "a cut inside the zeros after a file",
    whole.subarray(0, 1200),
    'it ends at byte 1200 after "a.jpg" with no end mark; get the file again, or append 1024 zero bytes if nothing is missing',
  ],
  [
    "a damaged header",
    damaged,
    'it is damaged: the header at byte 1536, after "a.jpg", has a wrong checksum',
  ],
  [
    "another kind of file",
    new Uint8Array(2000).fill(65),
    "it does not begin with a tar header at byte 0",
  ],
  [
    "a gzipped file",
    Buffer.concat([Uint8Array.of(0x1f, 0x8b, 8), new Uint8Array(2000)]),
    "it does not begin with a tar header at byte 0: it is compressed, and must be unpacked with gunzip first",
  ],
  [
    "a truncated tar inside",
    nested,
    'its "n1.tar" ends at byte 1412 inside "a.jpg", which needs bytes 1024 to 1624; get the file again',
  ],
  [
    "a tar inside cut between files",
    nestedUnended,
    'its "n1.tar" ends at byte 2048 after "a.jpg" with no end mark; get the file again',
  ],
  [
    "an endless name",
    Buffer.concat([
      entry("x", "", { type: "NextFileHasLongPath", size: 1 << 21 }),
      new Uint8Array(1 << 22),
    ]),
    "it is damaged: the header at byte 0 claims a name of 2097152 bytes",
  ],
];

for (const [what, tar, why] of wrong) {
  Deno.test(`indexTar() says where it found ${what}`, async () => {
    await using folder = await temporaryFolder({ "a.tar": tar });
    const path = `${folder.path}/a.tar`;
    await rejects(indexTar(path), (error) => {
      equal(error instanceof FormatError && error.file, path);
      equal(
        (error as Error).message,
        `Cannot read "${path}" as tar: ${why}`,
      );
      return true;
    });
  });
}

Deno.test("indexTar() accepts a tar that ends with one zero block", async () => {
  const tar = Buffer.concat([entry("a.jpg", "a"), endMark.subarray(512)]);
  deepEqual(await contents(tar), { "a.jpg": "a" });
});

/** What `tar xf` makes of a tar, by name; undefined where there is no GNU tar. */
async function unpacked(
  folder: string,
  file: string,
): Promise<Record<string, string> | undefined> {
  const out = join(folder, "out");
  await Deno.mkdir(out);
  const run = await new Deno.Command("tar", {
    args: ["xf", file, "-C", out],
    stderr: "null",
  }).output().catch(() => undefined);
  if (!run) return undefined;
  const found: Record<string, string> = {};
  for await (const name of filesBelow(out)) {
    found[name] = await Deno.readTextFile(join(out, name));
  }
  return found;
}

async function* filesBelow(
  folder: string,
  prefix = "",
): AsyncGenerator<string> {
  for await (const { name } of Deno.readDir(join(folder, prefix))) {
    const path = prefix === "" ? name : `${prefix}/${name}`;
    const info = await Deno.stat(join(folder, path)).catch(() => undefined);
    const { isSymlink } = await Deno.lstat(join(folder, path));
    if (info?.isDirectory && !isSymlink) yield* filesBelow(folder, path);
    else if (info?.isFile) yield path;
  }
}

Deno.test("indexTar() gives what tar xf gives: links of both kinds, detours, and a file that comes later", async () => {
  await using folder = await temporaryFolder({});
  const place = folder.path;
  const source = join(place, "in");
  await Deno.mkdir(join(source, "b"), { recursive: true });
  await Deno.writeTextFile(join(source, "a.jpg"), "a");
  await Deno.link(join(source, "a.jpg"), join(source, "b/hard.jpg"));
  await Deno.symlink("../a.jpg", join(source, "b/soft.jpg"));
  await Deno.symlink("soft.jpg", join(source, "b/softer.jpg"));
  await Deno.symlink("z.jpg", join(source, "before.jpg"));
  await Deno.writeTextFile(join(source, "z.jpg"), "z");
  await Deno.symlink("none.jpg", join(source, "lost.jpg"));
  await Deno.symlink("/etc/hostname", join(source, "out.jpg"));
  await Deno.symlink("round.jpg", join(source, "round.jpg"));
  const file = join(place, "links.tar");
  const made = await new Deno.Command("tar", {
    args: ["cf", file, "-C", source, "."],
  }).output().catch(() => undefined);
  if (!made?.success) {
    return console.log("Skipping what tar xf gives: there is no GNU tar");
  }
  const { names, offsets, sizes, unread } = await indexTar(file);
  const bytes = await Deno.readFile(file);
  const own = Object.fromEntries(
    names.map((name, i) => [
      name,
      new TextDecoder().decode(
        bytes.subarray(offsets[i]!, offsets[i]! + sizes[i]!),
      ),
    ]),
  );
  const { "out.jpg": _, ...given } = (await unpacked(place, file))!;
  deepEqual(own, given);
  deepEqual(Object.keys(unread).sort(), ["lost.jpg", "out.jpg", "round.jpg"]);
  match(
    unread["lost.jpg"]!,
    /^a link to "none.jpg", which is no file of the tar/,
  );
});

Deno.test("indexTar() names sparse files, as GNU and PAX write them, and goes on after them", async () => {
  await using folder = await temporaryFolder({});
  const place = folder.path;
  const path = join(place, "holes.jpg");
  // Many holes: the map does not fit into the header.
  const file = await Deno.open(path, { create: true, write: true });
  for (let i = 0; i < 30; i++) {
    await file.seek(i * 200_000, Deno.SeekMode.Start);
    await file.write(new TextEncoder().encode(`${i}`));
  }
  file.close();
  await Deno.writeTextFile(join(place, "last.jpg"), "last");
  for (const format of ["gnu", "pax"]) {
    const tar = join(place, `${format}.tar`);
    const made = await new Deno.Command("tar", {
      args: [
        "cSf",
        tar,
        `--format=${format}`,
        "-C",
        place,
        "holes.jpg",
        "last.jpg",
      ],
    }).output().catch(() => undefined);
    if (!made?.success) {
      return console.log("Skipping sparse files: there is no GNU tar");
    }
    const { names, unread } = await indexTar(tar);
    deepEqual(names, ["last.jpg"], format);
    deepEqual(Object.keys(unread), ["holes.jpg"], format);
    match(unread["holes.jpg"]!, /^a sparse file/);
  }
});

Deno.test("indexTar() loses nothing behind a block of zeros without a word", async () => {
  const zeros = new Uint8Array(512);
  const one = entry("a.jpg", "a"), two = entry("b.jpg", "b");
  for (
    const [bytes, message] of [
      [
        [one, zeros, two, endMark],
        /a block of zeros at byte 1024, after "a.jpg", is followed by more at byte 1536/,
      ],
      [
        [one, endMark, two, endMark],
        /an end mark at byte 1024, after "a.jpg", and more files from byte 2048 on/,
      ],
    ] as const
  ) {
    await rejects(contents(Buffer.concat(bytes)), message);
  }
  // Padding, of zeros or not, is none.
  deepEqual(await contents(Buffer.concat([one, new Uint8Array(10240)])), {
    "a.jpg": "a",
  });
  deepEqual(
    await contents(Buffer.concat([one, endMark, new Uint8Array(2048).fill(7)])),
    { "a.jpg": "a" },
  );
});

Deno.test("indexTar() takes whole sizes alone from a pax header", async () => {
  for (const size of ["1.5", "-1", "99999999999999999999", "1e3", "ten", ""]) {
    const record = ` size=${size}\n`;
    const length = record.length + 2;
    const pax = entry("PaxHeader", `${length}${record}`, {
      type: "ExtendedHeader",
    });
    await rejects(
      contents(
        tarOf(pax, entry("a.jpg", "a".repeat(2000)), entry("b.jpg", "b")),
      ),
      /Cannot read .* as tar: it (is damaged: the header at byte 1024, of "a.jpg", claims a size that is no whole number of bytes|ends at byte)/,
      size,
    );
  }
});
