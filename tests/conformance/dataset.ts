/**
 * Conformance tests for datasets.
 *
 * @module
 */
import { deepStrictEqual, equal, ok, rejects } from "node:assert/strict";
import type { Dataset, DenseMap, Example } from "tessera";

/**
 * Registers the tests that every dataset must pass. Each test calls `make` once,
 * reads a few examples and closes the dataset.
 *
 * @example
 * ```ts ignore
 * import { testDataset } from "tessera/testing";
 * import { myDataset } from "./my_dataset.ts";
 *
 * testDataset("my-dataset", () => myDataset({ path: "fixtures/images" }));
 * ```
 */
export function testDataset(
  name: string,
  make: () => Dataset | Promise<Dataset>,
): void {
  const test = (does: string, body: (d: Dataset) => Promise<void>): void =>
    Deno.test(`${name}: ${does}`, async () => {
      const dataset = await make();
      try {
        await body(dataset);
      } finally {
        await dataset.close?.();
      }
    });
  test("the length is an integer, 0 or more", isCounted);
  test("the same index gives the same example", isRepeatable);
  test("images hold width × height × 3 bytes", hasWholeImages);
  test("ids are distinct words", hasOwnIds);
  test("labels are words or finite numbers", hasPlainLabels);
  test("maps are as large as their image", hasWholeMaps);
  test("each picture's sequence is a word", hasNamedSequences);
  test("an index out of range is a RangeError", isBounded);
}

function isCounted({ length }: Dataset): Promise<void> {
  ok(Number.isSafeInteger(length) && length >= 0, `length is ${length}`);
  return Promise.resolve();
}

/** The first few examples and the last, except those that cannot be decoded. */
async function some(dataset: Dataset): Promise<readonly Example[]> {
  const { length } = dataset, examples: Example[] = [];
  for (const index of new Set([0, 1, 2, 3, length - 1])) {
    if (index < 0 || index >= length) continue;
    try {
      examples.push(await dataset.get(index));
    } catch (error) {
      if (!(error instanceof Error && error.name === "ExampleError")) {
        throw error;
      }
    }
  }
  return examples;
}

async function isRepeatable(dataset: Dataset): Promise<void> {
  // Twice over the whole list, to show that reads in between do not matter.
  deepStrictEqual(await some(dataset), await some(dataset));
}

async function hasWholeImages(dataset: Dataset): Promise<void> {
  for (const { id, image: { data, width, height } } of await some(dataset)) {
    ok(data instanceof Uint8Array, `the image of ${id} is no Uint8Array`);
    for (const side of [width, height]) {
      ok(Number.isInteger(side) && side > 0, `${id}: ${width} × ${height}`);
    }
    equal(data.length, width * height * 3, `bytes of ${id}`);
  }
}

async function hasOwnIds(dataset: Dataset): Promise<void> {
  const ids = (await some(dataset)).map(({ id }) => id);
  for (const id of ids) ok(typeof id === "string" && id !== "", `id ${id}`);
  equal(new Set(ids).size, ids.length, `ids are ${ids.join(", ")}`);
}

async function hasPlainLabels(dataset: Dataset): Promise<void> {
  for (const { id, labels = {} } of await some(dataset)) {
    for (const [key, value] of Object.entries(labels)) {
      const plain = typeof value === "string" || Number.isFinite(value);
      ok(plain, `label ${key} of ${id} is ${value}`);
    }
  }
}

async function hasWholeMaps(dataset: Dataset): Promise<void> {
  for (const { id, image, maps = {} } of await some(dataset)) {
    for (const [key, map] of Object.entries(maps)) {
      ok(map.data instanceof Float32Array, `map ${key} of ${id}`);
      deepStrictEqual(sizeOf(map), [image.width, image.height], `${key} ${id}`);
      equal(map.data.length, image.width * image.height, `${key} of ${id}`);
    }
  }
}

function hasNamedSequences(dataset: Dataset): Promise<void> {
  for (let i = 0; dataset.sequenceOf && i < dataset.length; i++) {
    const sequence: unknown = dataset.sequenceOf(i);
    ok(typeof sequence === "string" && sequence !== "", `${i}: ${sequence}`);
  }
  return Promise.resolve();
}

function sizeOf({ width, height }: DenseMap): readonly number[] {
  return [width, height];
}

async function isBounded(dataset: Dataset): Promise<void> {
  for (const index of [-1, dataset.length, 0.5, NaN]) {
    // Inside an async function, because get() may throw before it returns a promise.
    const call = Promise.try(() => dataset.get(index));
    await rejects(call, { name: "RangeError" }, `get(${index})`);
  }
}
