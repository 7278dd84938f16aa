/** Tests of the log that a resumed run continues. @module */
import { equal } from "node:assert/strict";
import { join } from "node:path";
import { openMetricsLog } from "../../../core/train/metrics_log.ts";

Deno.test("openMetricsLog() drops the lines after the last save and continues there", async () => {
  const folder = await Deno.makeTempDir(), path = join(folder, "m.jsonl");
  try {
    const log = await openMetricsLog(path, 0);
    await log.write({ step: 1, note: "é" });
    const { bytes } = log;
    equal(bytes, 23);
    await log.write({ step: 2 });
    await log.flush();
    log.close();
    // Half a line, as a killed process may leave it.
    await Deno.writeTextFile(path, '{"st', { append: true });
    const later = await openMetricsLog(path, bytes);
    equal(later.bytes, bytes);
    await later.write({ step: 3 });
    later.close();
    equal(
      await Deno.readTextFile(path),
      '{"step":1,"note":"é"}\n{"step":3}\n',
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
