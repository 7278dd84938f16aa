/**
 * A camera's rays through pixels, and the tiles they are cast in.
 *
 * @module
 */
import { listVisible } from "./tile_culling.ts";
import type { Packed } from "./pack.ts";
import type { Camera } from "./scene.ts";
import type { SolidList } from "./trace.ts";
import { add, dot, normalize, scale, type Vec3 } from "./vector.ts";

/** Side of a tile in pixels. */
const tileSize = 8;

/** A camera and the size of its picture. */
export interface Eye {
  /** The camera's position. */
  readonly position: Vec3;
  /** Width of the picture in pixels. */
  readonly width: number;
  /** Height of the picture in pixels. */
  readonly height: number;
  /** Width of a pixel in metres at a depth of one metre. */
  readonly pixel: number;
  /**
   * Writes the direction through `(x, y)`, in pixels from the top left corner,
   * into `out`. It advances one metre along the optical axis, so that `t` is depth.
   */
  ray(x: number, y: number, out: Float64Array): void;
}

/** The eye of `camera` for a picture of `width` by `height` pixels. */
export function openEye(camera: Camera, width: number, height: number): Eye {
  const pixel = 2 * camera.slope / height;
  const [rx, ry, rz] = scale(camera.right, pixel);
  const [dx, dy, dz] = scale(camera.up, -pixel);
  const [cx, cy, cz] = add(
    camera.forward,
    add(
      scale(camera.right, -pixel * width / 2),
      scale(camera.up, pixel * height / 2),
    ),
  );
  return {
    position: camera.position,
    width,
    height,
    pixel,
    ray(x, y, out) {
      out[0] = cx + x * rx + y * dx;
      out[1] = cy + x * ry + y * dy;
      out[2] = cz + x * rz + y * dz;
    },
  };
}

/** Lists the solids that a ray through the tile at `(left, top)` may hit. */
export function listInTile(
  packed: Packed,
  eye: Eye,
  left: number,
  top: number,
  list: SolidList,
): void {
  const towards = (x: number, y: number): Vec3 => {
    const out = new Float64Array(3);
    eye.ray(left + x, top + y, out);
    return normalize([out[0]!, out[1]!, out[2]!]);
  };
  const middle = towards(tileSize / 2, tileSize / 2), s = tileSize;
  const cos = Math.min(
    dot(middle, towards(0, 0)),
    dot(middle, towards(s, 0)),
    dot(middle, towards(0, s)),
    dot(middle, towards(s, s)),
  );
  const sin = Math.sqrt(Math.max(0, 1 - cos * cos));
  listVisible(packed, list, ...eye.position, ...middle, cos, sin);
}

/** Calls `body` for each tile; `right` and `bottom` are one past its last column and row. */
export function eachTile(
  { width, height }: Eye,
  body: (left: number, top: number, right: number, bottom: number) => void,
): void {
  for (let top = 0; top < height; top += tileSize) {
    for (let left = 0; left < width; left += tileSize) {
      body(
        left,
        top,
        Math.min(width, left + tileSize),
        Math.min(height, top + tileSize),
      );
    }
  }
}
