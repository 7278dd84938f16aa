/**
 * Kernels of the cpu engine, in AssemblyScript. `build.ts` beside the folder
 * makes `kernels.wasm` of it; a test rebuilds and compares.
 *
 * Every kernel that threads share ends with the range `from, to` it works on,
 * and writes nothing outside it. Pointers are bytes; `x[r]` is a row of
 * `width` floats. Sparse matrices come in two orders over the same entries:
 * by row (`offsets`, `latents`) and by latent (`starts`, `rows`, `entries`,
 * where `entries` says which entry of the first order it is).
 */
export * from "./select";
export * from "./dense";
export { decode, decodeByLatent, dots, outer, sumByLatent, sumByRow, take, vectorTimes } from "./sparse";
export { adam, scratch } from "./adam";
