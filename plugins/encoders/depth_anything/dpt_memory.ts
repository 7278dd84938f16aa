/**
 * Estimates how much Depth Anything's neck and head hold.
 *
 * @module
 */
import type { Size } from "../pictures/preprocess.ts";
import type { DptSizes, Grid } from "./dpt_graph.ts";

/** How many numbers one picture holds at once in the widest part of the neck and head. */
export function numbersInDpt(
  { fusion, head, factors }: DptSizes,
  [rows, columns]: Grid,
  size: Size,
): number {
  const fused = rows * columns * (2 * factors[0]!) ** 2;
  const pixels = size.width * size.height;
  const joining = 3 * fused * fusion;
  const predicting = fused * fusion * 1.5 + pixels * (fusion / 2 + 2 * head);
  return 1.1 * Math.max(joining, predicting);
}
