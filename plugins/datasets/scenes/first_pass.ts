/**
 * The first pass: the surface at the centre of each pixel.
 *
 * @module
 */
import { eachTile, type Eye, listInTile } from "./eye.ts";
import { findSurfacePoint, newSurfacePoint } from "./surface_point.ts";
import type { PreparedScene } from "./prepared_scene.ts";
import type { SolidList } from "./trace.ts";

/** The surfaces at the centres of pixels. */
export interface FirstPass {
  /** `[height, width]`: index of a solid, or the number of solids plus that of a plane; −1 for sky. */
  readonly surface: Int32Array;
  /** `[height, width]`: depth in metres. */
  readonly depth: Float64Array;
  /** `[height, width, 3]`: unit normals. */
  readonly normal: Float32Array;
}

/** Casts a ray through every pixel of `eye`; `list` is overwritten with each tile's solids. */
export function firstPass(
  prepared: PreparedScene,
  eye: Eye,
  list: SolidList,
): FirstPass {
  const size = eye.width * eye.height;
  const first: FirstPass = {
    surface: new Int32Array(size),
    depth: new Float64Array(size),
    normal: new Float32Array(size * 3),
  };
  const castRay = rayCaster(prepared, eye, list, first);
  eachTile(eye, (left, top, right, bottom) => {
    listInTile(prepared.packed, eye, left, top, list);
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) castRay(x, y);
    }
  });
  return first;
}

function rayCaster(
  { scene, packed }: PreparedScene,
  eye: Eye,
  list: SolidList,
  { surface, depth, normal }: FirstPass,
): (x: number, y: number) => void {
  const point = newSurfacePoint(), d = new Float64Array(3);
  const [ox, oy, oz] = eye.position, { planes, far } = scene;
  return (x, y) => {
    eye.ray(x + 0.5, y + 0.5, d);
    const dx = d[0]!, dy = d[1]!, dz = d[2]!, at = y * eye.width + x;
    findSurfacePoint(packed, planes, list, ox, oy, oz, dx, dy, dz, far, point);
    const plane = point.plane < 0 ? -1 : packed.count + point.plane;
    surface[at] = point.solid < 0 ? plane : point.solid;
    depth[at] = point.t;
    normal[at * 3] = point.nx;
    normal[at * 3 + 1] = point.ny;
    normal[at * 3 + 2] = point.nz;
  };
}

/** Marks the pixels where the surface changes, or turns sharply: `[height, width]`. */
export function edgesOf(
  { surface, normal }: FirstPass,
  width: number,
  height: number,
): Uint8Array {
  const edges = new Uint8Array(width * height);
  const compare = (a: number, b: number): void => {
    const i = a * 3, j = b * 3;
    const same = surface[a] === surface[b] && (surface[a]! < 0 ||
      normal[i]! * normal[j]! + normal[i + 1]! * normal[j + 1]! +
            normal[i + 2]! * normal[j + 2]! > 0.8);
    if (!same) edges[a] = edges[b] = 1;
  };
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      if (x + 1 < width) compare(at, at + 1);
      if (y + 1 < height) compare(at, at + width);
    }
  }
  return edges;
}
