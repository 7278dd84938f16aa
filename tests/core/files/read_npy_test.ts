/** Tests of NumPy's file format. @module */
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { join } from "node:path";
import { FormatError, type HostTensor, randomFrom, sizeOf } from "tessera";
import { readNpy } from "../../../core/files/read_npy.ts";

/** Bytes as numpy.save writes them, with any header. */
function npy(header: string, data: ArrayBufferView, version = 1): Uint8Array {
  const length = version === 1 ? 2 : 4, start = 8 + length;
  const padded = header.padEnd(
    Math.ceil((start + header.length + 1) / 64) * 64 - start - 1,
  ) + "\n";
  const bytes = new Uint8Array(start + padded.length + data.byteLength);
  bytes.set([0x93, ...new TextEncoder().encode("NUMPY"), version, 0]);
  const view = new DataView(bytes.buffer);
  if (version === 1) view.setUint16(8, padded.length, true);
  else view.setUint32(8, padded.length, true);
  bytes.set(new TextEncoder().encode(padded), start);
  bytes.set(
    new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    start + padded.length,
  );
  return bytes;
}

function header(descr: string, shape: string, order = "False"): string {
  return `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }`;
}

async function read(bytes: Uint8Array): Promise<HostTensor> {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "a.npy");
    await Deno.writeFile(path, bytes);
    return await readNpy(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const values = Float32Array.of(1, -2, 0.5, -Infinity, Infinity, 1e-30);

Deno.test("readNpy() reads what numpy.save writes", async () => {
  const cases = [
    [npy(header("'<f4'", "(2, 3)"), values), [2, 3]],
    [npy(header("'<f4'", "(6,)"), values), [6]],
    [npy(header("'<f4'", "(6,)"), values, 2), [6]],
    [npy(header("'<f4'", "(6,)"), values, 3), [6]],
    [npy(header("'<f8'", "(3, 1, 2)"), Float64Array.from(values)), [3, 1, 2]],
  ] as const;
  for (const [bytes, shape] of cases) {
    deepEqual(await read(bytes), { data: values, shape });
  }
  deepEqual(await read(npy(header("'<f4'", "()"), values.slice(0, 1))), {
    data: values.slice(0, 1),
    shape: [],
  });
  const none = await read(npy(header("'<f4'", "(0, 4)"), new Float32Array()));
  deepEqual(none, { data: new Float32Array(), shape: [0, 4] });
});

const wrong = [
  ["is empty", new Uint8Array(), /does not begin as numpy.save/],
  ["is text", new TextEncoder().encode("1,2,3,4,5,6,7"), /does not begin/],
  ["holds objects", npy(header("'|O'", "(6,)"), values), /are \|O, supported/],
  [
    "holds integers",
    npy(header("'<i4'", "(6,)"), values),
    /are <i4, supported/,
  ],
  ["is big-endian", npy(header("'>f4'", "(6,)"), values), /are >f4, supported/],
  [
    "holds records",
    npy(header("[('a', '<f4')]", "(6,)"), values),
    /are a record, supported/,
  ],
  [
    "lies column by column",
    npy(header("'<f4'", "(2, 3)", "True"), values),
    /column by column: save it with numpy.ascontiguousarray/,
  ],
  [
    "is truncated",
    npy(header("'<f4'", "(7,)"), values),
    /\[7\] takes 28 bytes, it holds 24: is it truncated\?/,
  ],
  [
    "goes on",
    npy(header("'<f4'", "(5,)"), values),
    /\[5\] takes 20 bytes, it holds 24: one array is supported/,
  ],
  [
    "claims more than there can be",
    npy(header("'<f4'", `(${"9".repeat(400)}, 0)`), values),
    /takes NaN bytes/,
  ],
  ["has a negative length", npy(header("'<f4'", "(-1,)"), values), /not say/],
  ["has no shape", npy("{'descr': '<f4'}", values), /does not say descr/],
  ["is newer", npy(header("'<f4'", "(6,)"), values, 4), /version is 4/],
] as const;

for (const [what, bytes, message] of wrong) {
  Deno.test(`readNpy() rejects a file that ${what}`, () =>
    rejects(read(bytes), (error) => {
      ok(error instanceof FormatError, `${error}`);
      ok(message.test(error.message), error.message);
      return true;
    }));
}

Deno.test("readNpy() reads any damaged file or says that it cannot", async () => {
  const good = npy(header("'<f4'", "(2, 3)"), values), start = good.length - 24;
  const random = randomFrom(1),
    below = (n: number) => Math.floor(random.next() * n);
  let refused = 0;
  for (let i = 0; i < 1000; i++) {
    const bytes = good.slice(0, below(4) ? good.length : below(good.length));
    for (let k = below(4); k >= 0; k--) bytes[below(start)] = below(256);
    try {
      const { data, shape } = await read(bytes);
      equal(data.length, sizeOf(shape));
    } catch (error) {
      ok(error instanceof FormatError, `${error}`);
      refused++;
    }
  }
  ok(refused > 500, `${refused} of 1000 were refused`);
});
