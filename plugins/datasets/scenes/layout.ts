/**
 * Random numbers in, a scene and its camera out.
 *
 * @module
 */
import type { Random } from "../../../mod.ts";
import { pick } from "./choose.ts";
import { glance } from "./preview.ts";
import { field, yard } from "./outdoors.ts";
import { room } from "./room.ts";
import type { Camera, Scene } from "./scene.ts";
import { tabletop } from "./tabletop.ts";

/** A scene as the camera finds it. */
export interface Layout {
  /** Where it is: `room`, `table`, `field` or `yard`. */
  readonly kind: string;
  /** All there is to see. */
  readonly scene: Scene;
  /** Who looks. */
  readonly camera: Camera;
  /** How many objects were put there, seen or not. */
  readonly objects: number;
}

/** Lays out a scene that `random` decides, again if the camera would see little of it. */
export function layOut(random: Random): Layout {
  const make = pick(random, [room, room, tabletop, field, yard]);
  for (let tries = 1;; tries++) {
    const layout = make(random);
    const { solids, largest, sky } = glance(layout.scene, layout.camera);
    const worth = solids > 0.15 && largest < 0.7 && sky < 0.6;
    if (worth || tries === 20) return layout;
  }
}
