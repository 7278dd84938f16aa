/**
 * The second pass: the light that arrives at each pixel, with more rays on edges.
 *
 * @module
 */
import { eachTile, type Eye, listInTile } from "./eye.ts";
import { edgesOf, type FirstPass } from "./first_pass.ts";
import {
  type Ball,
  listBlocking,
  listClose,
  type TileSolids,
} from "./tile_culling.ts";
import {
  findSurfacePoint,
  newSurfacePoint,
  type SurfacePoint,
} from "./surface_point.ts";
import type { PreparedScene } from "./prepared_scene.ts";
import { shade } from "./shade.ts";

/**
 * Linear radiance of each pixel, `[height, width, 3]`, with one ray a pixel and
 * `samples` rays on edges. `tile` is overwritten with each tile's lists.
 */
export function expose(
  prepared: PreparedScene,
  eye: Eye,
  tile: TileSolids,
  first: FirstPass,
  samples: number,
): Float32Array {
  const { width, height } = eye, { packed, scene } = prepared;
  const edges = samples > 1 ? edgesOf(first, width, height) : undefined;
  const pen: Pen = newPen(prepared, eye, tile);
  const light = new Float32Array(width * height * 3), { out } = pen;
  eachTile(eye, (left, top, right, bottom) => {
    listInTile(packed, eye, left, top, tile.visible);
    ballOf(eye, first, left, top, right, bottom, pen.ball);
    listClose(packed, tile.close, pen.ball);
    scene.lights.forEach((lamp, i) =>
      listBlocking(packed, tile.blocking[i]!, pen.ball, lamp)
    );
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) {
        const at = y * width + x;
        drawCentre(pen, first, x, y);
        if (edges?.[at] === 1) drawEdge(pen, x, y, samples);
        light[at * 3] = out[0]!;
        light[at * 3 + 1] = out[1]!;
        light[at * 3 + 2] = out[2]!;
      }
    }
  });
  return light;
}

/** What drawing a pixel needs. */
interface Pen {
  readonly prepared: PreparedScene;
  readonly eye: Eye;
  readonly tile: TileSolids;
  readonly ball: Ball;
  readonly point: SurfacePoint;
  readonly d: Float64Array;
  readonly out: Float64Array;
  readonly sum: Float64Array;
}

function newPen(prepared: PreparedScene, eye: Eye, tile: TileSolids): Pen {
  return {
    prepared,
    eye,
    tile,
    ball: { x: 0.5, y: 0.5, z: 0.5, r: 0.5 },
    point: newSurfacePoint(),
    d: new Float64Array(3),
    out: new Float64Array(3),
    sum: new Float64Array(3),
  };
}

/** A ball that holds the surface points of a tile and of the pixels beside it. */
function ballOf(
  eye: Eye,
  { surface, depth }: FirstPass,
  left: number,
  top: number,
  right: number,
  bottom: number,
  ball: Ball,
): void {
  const { width, height, position } = eye, d = new Float64Array(3);
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (let y = Math.max(0, top - 1); y < Math.min(height, bottom + 1); y++) {
    for (let x = Math.max(0, left - 1); x < Math.min(width, right + 1); x++) {
      const at = y * width + x;
      if (surface[at]! < 0) continue;
      eye.ray(x + 0.5, y + 0.5, d);
      for (let axis = 0; axis < 3; axis++) {
        const p = position[axis]! + depth[at]! * d[axis]!;
        if (p < low[axis]!) low[axis] = p;
        if (p > high[axis]!) high[axis] = p;
      }
    }
  }
  if (low[0] === Infinity) low.fill(0), high.fill(0);
  ball.x = (low[0]! + high[0]!) / 2;
  ball.y = (low[1]! + high[1]!) / 2;
  ball.z = (low[2]! + high[2]!) / 2;
  ball.r = Math.hypot(high[0]! - ball.x, high[1]! - ball.y, high[2]! - ball.z);
}

/** The turn of each pixel in a 4 × 4 block (Bayer 1973). */
const turns = [0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5];

function drawCentre(pen: Pen, first: FirstPass, x: number, y: number): void {
  const { prepared, eye, point, d } = pen, at = y * eye.width + x;
  const surface = first.surface[at]!, solids = prepared.packed.count;
  const t = first.depth[at]!, o = eye.position;
  eye.ray(x + 0.5, y + 0.5, d);
  point.solid = surface < solids ? surface : -1;
  point.plane = surface < solids ? -1 : surface - solids;
  point.t = t;
  point.px = o[0] + t * d[0]!;
  point.py = o[1] + t * d[1]!;
  point.pz = o[2] + t * d[2]!;
  point.nx = first.normal[at * 3]!;
  point.ny = first.normal[at * 3 + 1]!;
  point.nz = first.normal[at * 3 + 2]!;
  drawPoint(pen, turns[(y & 3) * 4 + (x & 3)]!);
}

function drawPoint(
  { prepared, eye, tile, point, d, out }: Pen,
  turn: number,
): void {
  const dx = d[0]!, dy = d[1]!, dz = d[2]!;
  const long = Math.sqrt(dx * dx + dy * dy + dz * dz), inv = 1 / long;
  shade(
    prepared,
    point,
    tile,
    dx * inv,
    dy * inv,
    dz * inv,
    eye.pixel * point.t,
    long * point.t,
    turn,
    out,
  );
}

/** Averages further rays with the one through the centre, which is in `out`. */
function drawEdge(pen: Pen, x: number, y: number, samples: number): void {
  const { prepared, eye, tile, point, d, out, sum } = pen;
  const { packed, scene: { planes, far } } = prepared;
  const o = eye.position;
  sum.set(out);
  for (let i = 1; i < samples; i++) {
    // The R2 sequence (Roberts 2018) spreads any number of points evenly.
    const u = (i * 0.7548776662466927) % 1, v = (i * 0.5698402909980532) % 1;
    eye.ray(x + u, y + v, d);
    const dx = d[0]!, dy = d[1]!, dz = d[2]!;
    findSurfacePoint(
      packed,
      planes,
      tile.visible,
      o[0],
      o[1],
      o[2],
      dx,
      dy,
      dz,
      far,
      point,
    );
    drawPoint(pen, turns[((y & 3) * 4 + (x & 3) + 5 * i) & 15]!);
    for (let c = 0; c < 3; c++) sum[c]! += out[c]!;
  }
  for (let c = 0; c < 3; c++) out[c] = sum[c]! / samples;
}
