import { deepEqual, equal, ok } from "node:assert/strict";
import {
  columnBars,
  ColumnHistogram,
  ValueHistogram,
} from "../../../tasks/serve/parts/histogram.tsx";
import { LineChart } from "../../../tasks/serve/parts/line_chart.tsx";
import { number, share, short } from "../../../tasks/serve/parts/numbers.ts";

/** The texts of a chart. */
const ticksIn = (svg: string): string[] =>
  [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text!);

const column = (values: number[]) => ({
  ...{ name: "density", title: "density", definition: "", source: "index" },
  kind: "share" as const,
  values: Float32Array.from(values),
});

Deno.test("columnBars() has one bar where all numbers are the same, as where no latent fires", () => {
  for (const value of [0, 1, -2]) {
    const bars = columnBars(column([value, value, NaN]));
    deepEqual(
      bars.map(({ count, from, to }) => [count, from, to]),
      [[2, value, value]],
    );
    const { searchParams } = new URL(bars[0]!.href!, "http://x");
    ok(Number(searchParams.get("min.density")) <= value);
    ok(Number(searchParams.get("max.density")) >= value);
  }
  deepEqual(ticksIn(String(ColumnHistogram({ column: column([1, 1]) }))), [
    "100 %",
  ]);
  const bars = columnBars(column([0, 1, 2, 2]));
  equal(bars.reduce((sum, { count }) => sum + count, 0), 4);
});

Deno.test("ColumnHistogram() tells its links, and says when there is no number", () => {
  const some = String(ColumnHistogram({ column: column([1, 2, 3]) }));
  ok(some.includes('role="group"') && some.includes("<a href="));
  const none = String(ColumnHistogram({ column: column([NaN, NaN]) }));
  ok(none.includes("No latent has a number"));
});

Deno.test("ValueHistogram() has more than one number below few bars", () => {
  const counts = new Uint32Array(64);
  counts.set([5, 9, 4, 1], 32);
  const svg = String(ValueHistogram({ counts }));
  ok(svg.includes('role="img"'));
  ok(ticksIn(svg).length > 1, svg);
});

Deno.test("LineChart() begins at 0 where nothing changes, and cuts off no number", () => {
  const chart = (values: number[], format = share) =>
    String(LineChart({
      ...{ values, format, label: "dead" },
      tokens: values.map((_, i) => 1000 * (i + 1)),
    }));
  for (const value of [0, 0.01]) {
    const ticks = ticksIn(chart([value, value, value]));
    equal(ticks[0], "0 %");
    ok(ticks.every((text) => !/[-−]/.test(text)), ticks.join());
  }
  for (
    const svg of [
      chart([0.0095, 0.0105, 0.0098]),
      chart([0.00041, 0.00045, 0.0005], number),
    ]
  ) {
    const ends = [...svg.matchAll(
      /<text class="tick end" x="([\d.]+)"[^>]*>([^<]*)</g,
    )];
    ok(ends.length > 1);
    // A digit is some 7 pixels wide at this size.
    for (const [, x, text] of ends) ok(Number(x) >= 7 * text!.length, text!);
  }
});

Deno.test("infinite numbers are not percentages, and short ones have no trailing zeros", () => {
  deepEqual([share(Infinity), share(NaN), share(0.5)], ["∞", "–", "50 %"]);
  deepEqual([1_500_000, 1_000_000, 150_000, 1_050_000, 100].map(short), [
    ...["1.5M", "1M", "150k", "1.05M", "100"],
  ]);
});
