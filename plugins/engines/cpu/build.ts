/**
 * Compiles the kernels: `deno run -A plugins/engines/cpu/build.ts`.
 *
 * @module
 */
import asc from "assemblyscript/asc";

const folder = new URL("assembly/", import.meta.url);

/** The WebAssembly module of the kernels, compiled from their source. */
export async function buildKernels(): Promise<Uint8Array> {
  const sources = new Map<string, string>();
  for await (const { name } of Deno.readDir(folder)) {
    sources.set(name, await Deno.readTextFile(new URL(name, folder)));
  }
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main([
    "kernels.ts",
    "--outFile=kernels.wasm",
    "--optimizeLevel=3",
    "--noAssert",
    "--runtime=stub",
    "--importMemory",
    "--sharedMemory",
    "--initialMemory=2",
    "--maximumMemory=65536",
    "--enable=simd,relaxed-simd,threads,bulk-memory",
    "--use=abort=",
  ], {
    readFile: (name) => sources.get(name) ?? null,
    writeFile: (name, contents) => {
      if (name === "kernels.wasm") binary = contents as Uint8Array;
    },
    listFiles: () => [],
  });
  if (error || !binary) throw new Error(`Cannot build the kernels: ${stderr}`);
  return binary;
}

if (import.meta.main) {
  await Deno.writeFile(
    new URL("kernels.wasm", import.meta.url),
    await buildKernels(),
  );
}
