/**
 * Lays out random scenes.
 *
 * @module
 */
import type { Random } from "../../../mod.ts";
import { pick } from "./choose.ts";
import { preview } from "./preview.ts";
import { field, yard } from "./outdoors.ts";
import { room } from "./room.ts";
import type { Layout } from "./scene.ts";
import { tabletop } from "./tabletop.ts";

/** A random scene with its camera, laid out again if the camera would see little of it. */
export function layOut(random: Random): Layout {
  const make = pick(random, [room, room, tabletop, field, yard]);
  for (let tries = 1;; tries++) {
    const layout = make(random);
    const { solids, largest, sky } = preview(layout.scene, layout.camera);
    const worth = solids > 0.15 && largest < 0.7 && sky < 0.6;
    if (worth || tries === 20) return layout;
  }
}
