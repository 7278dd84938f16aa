/**
 * Kernels of the cpu engine, in AssemblyScript. `build.ts`, beside this folder,
 * compiles them to `kernels.wasm`; a test rebuilds it and compares.
 *
 * The last arguments of a kernel that threads share are the range `from, to` it
 * works on; it writes nothing outside. Pointers are byte addresses; `x[r]` is a
 * row of `width` floats. Sparse matrices have two orders of the same entries: by
 * row (`offsets`, `latents`) and by latent (`starts`, `rows`, `entries`, where
 * `entries` holds indices into the first order).
 */
export * from "./select";
export * from "./dense";
export { decode, decodeByLatent, dots, outer, sumByLatent, sumByRow, take, vectorTimes } from "./sparse";
export { adam, scratch } from "./adam";
