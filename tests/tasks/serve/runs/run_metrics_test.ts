import { deepEqual, equal } from "node:assert/strict";
import { metricsReader } from "../../../../tasks/serve/runs/run_metrics.ts";
import { metrics } from "../_made_run.ts";

Deno.test("metricsReader() reads on where a log has grown, and anew where another stands in its place", async () => {
  const path = await Deno.makeTempFile(), read = metricsReader();
  const other = (count: number) => metrics(count).replaceAll("32,", "21,");
  const check = async (text: string, count: number, l0: number) => {
    await Deno.writeTextFile(path, text);
    const { tokens, values, bytes, skipped } = await read(path);
    equal(tokens.length, count);
    deepEqual([...new Set(values.l0)], count === 0 ? [] : [l0]);
    deepEqual([bytes, skipped], [text.lastIndexOf("\n") + 1, 0]);
  };
  await check("", 0, 32);
  await check(metrics(1), 1, 32);
  await check(`${metrics(40)}{"step":1,"tok`, 40, 32);
  await check(metrics(42), 42, 32);
  // A run that was deleted and trained again has a log longer than what was read.
  await check(other(60), 60, 21);
  await check(other(3), 3, 21);
  // More than is read at once.
  await check(metrics(12_000), 12_000, 32);
  await Deno.remove(path);
  equal((await read(path)).tokens.length, 0);
});
