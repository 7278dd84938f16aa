/** Tests of figures from specifications of Observable Plot. @module */
import { match, ok } from "node:assert/strict";
import { curveMarks } from "../../../../plugins/probes/figures/curves.ts";
import { plotSvg } from "../../../../plugins/probes/figures/plot_svg.ts";

const series = [
  { name: "tokens & <all>", colour: "#0072b2" },
  { name: "control", colour: "#5f6b7a", dash: "2 3" },
];

const rows = [0, 1, 2].flatMap((x) =>
  series.map(({ name }, i) => ({
    series: name,
    x,
    y: x === 1 && i === 1 ? NaN : x + i,
    low: x - 1,
    high: x + 1,
  }))
);

const drawn = () =>
  plotSvg({ label: "Two curves", series }, (plot) => ({
    width: 500,
    height: 200,
    marks: curveMarks(plot, rows, series, { x: "x", y: "y" }),
  }));

Deno.test("plotSvg() draws a document of its own on white, the same each time", async () => {
  const svg = await drawn();
  match(svg, /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
  match(svg, /viewBox="0 0 500 200"/);
  match(svg, /width="500"/);
  match(svg, /fill="#ffffff"/);
  ok(!/NaN|undefined|<script|currentColor;/.test(svg));
  ok(svg === await drawn());
});

Deno.test("plotSvg() names each series in a key, and dashes its curve", async () => {
  const svg = await drawn();
  ok(svg.includes(">tokens &amp; &lt;all></text>"));
  ok(svg.match(/stroke-dasharray="2 3"/g)!.length >= 2);
});
