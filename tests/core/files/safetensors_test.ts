/** Tests of the safetensors format. @module */
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { join } from "node:path";
import {
  FormatError,
  randomFrom,
  readFloats,
  readSafetensorsHeader,
  readTensorBytes,
  type SafetensorsHeader,
  tensorOf,
  writeSafetensors,
} from "tessera";

async function inFile(body: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(join(folder, "a.safetensors"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Writes a file with any header, then `length` bytes. */
async function writeRaw(
  path: string,
  header: unknown,
  length: number,
): Promise<void> {
  const text = new TextEncoder().encode(
    typeof header === "string" ? header : JSON.stringify(header),
  );
  const bytes = new Uint8Array(8 + text.length + length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  await Deno.writeFile(path, bytes);
}

Deno.test("writeSafetensors() writes what the readers read, each type at its alignment", async () => {
  await inFile(async (path) => {
    await writeSafetensors(path, {
      u8: { dtype: "U8", shape: [3], data: Uint8Array.of(1, 2, 3) },
      f32: {
        dtype: "F32",
        shape: [2, 2],
        data: () => Promise.resolve(Float32Array.of(1, -2, 0.5, NaN)),
      },
      none: { dtype: "F32", shape: [0, 4], data: new Float32Array() },
      scalar: { dtype: "F64", shape: [], data: () => Float64Array.of(0.1) },
      u16: { dtype: "U16", shape: [1], data: Uint16Array.of(65535) },
    }, { note: 'a "b"', format: "pt" });
    const header = await readSafetensorsHeader(path);
    deepEqual(header.metadata, { note: 'a "b"', format: "pt" });
    deepEqual([...header.tensors.keys()].sort(), [
      "f32",
      "none",
      "scalar",
      "u16",
      "u8",
    ]);
    deepEqual(header.tensors.get("f32")!.shape, [2, 2]);
    for (const [name, width] of [["scalar", 8], ["f32", 4], ["u16", 2]]) {
      equal(tensorOf(header, name as string).offset % (width as number), 0);
    }
    deepEqual([...await readFloats(header, "f32")], [1, -2, 0.5, NaN]);
    deepEqual([...await readFloats(header, "none")], []);
    deepEqual([...await readFloats(header, "scalar")], [Math.fround(0.1)]);
    deepEqual([...await readTensorBytes(header, "u8")], [1, 2, 3]);
    deepEqual([...await readTensorBytes(header, "u16")], [255, 255]);
    // After the header come the tensors only, without gaps.
    const last = Math.max(
      ...[...header.tensors.values()].map((info) => info.offset + info.length),
    );
    equal((await Deno.stat(path)).size, last);
  });
});

Deno.test("writeSafetensors() writes part of a larger buffer", async () => {
  await inFile(async (path) => {
    const all = Float32Array.of(1, 2, 3, 4);
    const part = {
      dtype: "F32",
      shape: [2],
      data: all.subarray(1, 3),
    } as const;
    await writeSafetensors(path, { part });
    const header = await readSafetensorsHeader(path);
    deepEqual([...await readFloats(header, "part")], [2, 3]);
  });
});

Deno.test("readFloats() widens float16 and bfloat16 exactly", async () => {
  const halves = [1, -2.5, 65504, 2 ** -24, Infinity];
  await inFile(async (path) => {
    await writeSafetensors(path, {
      f16: { dtype: "F16", shape: [5], data: Float16Array.from(halves) },
      bf16: {
        dtype: "BF16",
        shape: [4],
        data: Uint16Array.of(0x3f80, 0xc020, 0x0001, 0x7f80),
      },
    });
    const header = await readSafetensorsHeader(path);
    deepEqual([...await readFloats(header, "f16")], halves);
    deepEqual(
      [...await readFloats(header, "bf16")],
      [1, -2.5, 2 ** -133, Infinity],
    );
  });
});

Deno.test("readFloats() says which tensors there are, and refuses integers", async () => {
  await inFile(async (path) => {
    await writeSafetensors(path, {
      a: { dtype: "I64", shape: [1], data: BigInt64Array.of(1n) },
      b: { dtype: "U8", shape: [0], data: new Uint8Array() },
    });
    const header = await readSafetensorsHeader(path);
    await rejects(readFloats(header, "c"), {
      name: "FormatError",
      message:
        `Cannot find tensor "c" in "${path}": it holds 2, such as "a", "b"`,
    });
    await rejects(readFloats(header, "a"), {
      name: "FormatError",
      message:
        `Cannot read tensor "a" of "${path}" as floats: its dtype is I64`,
    });
  });
});

const tensor = { dtype: "F32", shape: [2], data_offsets: [0, 8] };

const broken: [what: string, header: unknown, length: number, why: RegExp][] = [
  [
    "a truncated file",
    { x: tensor },
    5,
    /: tensor "x" ends at byte \d+, the file has \d+: is it truncated\?$/,
  ],
  ["a header that is no JSON", "{", 0, /: its header is not JSON$/],
  ["a header that is no object", "[]", 0, /: its header is not an object$/],
  [
    "an unknown dtype",
    { x: { ...tensor, dtype: "F8_E4M3" } },
    8,
    /: tensor "x" has dtype "F8_E4M3": known are F64, F32, F16, BF16, I64, /,
  ],
  [
    "a dtype that is a word of JavaScript",
    { x: { ...tensor, dtype: "toString" } },
    8,
    /: tensor "x" has dtype "toString": known are F64/,
  ],
  ["a negative length", { x: { ...tensor, shape: [-2] } }, 8, /shape \[-2\]$/],
  [
    "a shape of words",
    { x: { ...tensor, shape: "2" } },
    8,
    /tensor "x" has shape "2"$/,
  ],
  [
    "offsets that do not fit the shape",
    { x: { ...tensor, data_offsets: [0, 4] } },
    8,
    /: tensor "x" holds 4 bytes, F32 \[2\] needs 8$/,
  ],
  [
    "three offsets",
    { x: { ...tensor, data_offsets: [0, 4, 8] } },
    8,
    /: tensor "x" has data_offsets \[0,4,8\]$/,
  ],
  [
    "tensors that share bytes",
    { x: tensor, y: { ...tensor, data_offsets: [4, 12] } },
    12,
    /: tensor "y" begins at byte \d+, but the one before it ends at \d+$/,
  ],
  [
    "bytes that belong to no tensor",
    { x: tensor },
    9,
    /: its tensors end at byte \d+, the file has \d+$/,
  ],
  ["an entry that is no object", { x: 3 }, 0, /: tensor "x" is not an object$/],
];

for (const [what, header, length, why] of broken) {
  Deno.test(`readSafetensorsHeader() refuses ${what}`, async () => {
    await inFile(async (path) => {
      await writeRaw(path, header, length);
      await rejects(readSafetensorsHeader(path), (error: Error) => {
        equal(error.name, "FormatError");
        equal(
          error.message.startsWith(`Cannot read "${path}" as safetensors: `),
          true,
        );
        return why.test(error.message);
      });
    });
  });
}

Deno.test("readSafetensorsHeader() reads or refuses each of a thousand damaged headers", async () => {
  await inFile(async (path) => {
    const names = ["a.weight", "a.bias", "b.weight"];
    await writeSafetensors(
      path,
      Object.fromEntries(names.map((name, i) => [name, {
        dtype: "F32" as const,
        shape: [2, i + 1],
        data: new Float32Array(2 * (i + 1)),
      }])),
    );
    const whole = await Deno.readFile(path);
    const { length } = JSON.stringify(
      [...(await readSafetensorsHeader(path)).tensors],
    );
    const random = randomFrom(7), refused = new Map<string, number>();
    const int = (below: number): number => Math.floor(random.next() * below);
    for (let i = 0; i < 1000; i++) {
      const bytes = [...whole];
      for (let times = 1 + int(3); times > 0; times--) {
        // Most damage goes to the header, including the 8 bytes of its length.
        const at = int(int(4) === 0 ? 8 : 8 + length);
        const digit = 48 + int(10);
        const put = [[], [digit], [int(256)], [digit, digit, digit]][int(4)]!;
        bytes.splice(at, int(2), ...put);
      }
      await Deno.writeFile(path, Uint8Array.from(bytes));
      try {
        const { tensors } = await readSafetensorsHeader(path);
        for (const { offset, length } of tensors.values()) {
          ok(offset >= 8 && offset + length <= bytes.length);
        }
      } catch (error) {
        if (!(error instanceof FormatError)) throw error;
        const why = error.message.split("safetensors: ")[1]!;
        const kind = why.replace(/".*"|\d+/g, "");
        refused.set(kind, (refused.get(kind) ?? 0) + 1);
      }
    }
    // There were many kinds of damage, and few were harmless.
    ok(refused.size > 8, `${[...refused.keys()].join("; ")}`);
    const count = [...refused.values()].reduce((sum, value) => sum + value);
    ok(count > 600 && count < 1000, `${count} refused`);
  });
});

Deno.test("readSafetensorsHeader() refuses files of other formats", async () => {
  await inFile(async (path) => {
    const fails = async (bytes: Uint8Array, why: string) => {
      await Deno.writeFile(path, bytes);
      await rejects(readSafetensorsHeader(path), {
        name: "FormatError",
        message: `Cannot read "${path}" as safetensors: ${why}`,
      });
    };
    await fails(
      Uint8Array.of(1, 2, 3),
      "it has 3 bytes, a header needs at least 8",
    );
    // The first bytes of a JPEG, read as a length.
    await fails(
      Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 0x10, 0, 0, 1),
      "its header claims 17595960908031 bytes, the file has 9",
    );
  });
});

Deno.test("readSafetensorsHeader() accepts metadata that is not text", async () => {
  await inFile(async (path) => {
    await writeRaw(path, { __metadata__: { a: 1 }, x: tensor }, 8);
    const header = await readSafetensorsHeader(path);
    deepEqual(header.metadata, { a: "1" });
    await writeRaw(path, { __metadata__: null, x: tensor }, 8);
    deepEqual((await readSafetensorsHeader(path)).metadata, {});
  });
});

Deno.test("writeSafetensors() that fails midway leaves the old file", async () => {
  await inFile(async (path) => {
    const good = Float32Array.of(1, 2);
    await writeSafetensors(path, {
      x: { dtype: "F32", shape: [2], data: good },
    });
    await rejects(
      writeSafetensors(path, {
        x: { dtype: "F32", shape: [2], data: good },
        y: { dtype: "F32", shape: [3], data: good },
      }),
      {
        name: "RangeError",
        message: 'Cannot write tensor "y": F32 [3] needs 12 bytes, received 8',
      },
    );
    const header: SafetensorsHeader = await readSafetensorsHeader(path);
    deepEqual([...header.tensors.keys()], ["x"]);
  });
});
