/**
 * A camera, from its position and pose.
 *
 * @module
 */
import type { Camera } from "./scene.ts";
import { add, cross, scale, sub, type Vec3 } from "./vector.ts";

/** How a camera is held, in radians. */
export interface Pose {
  /** Heading: 0 looks along z, a quarter turn along x. */
  readonly yaw: number;
  /** Angle above the horizon. */
  readonly pitch: number;
  /** Clockwise about the optical axis. */
  readonly roll: number;
  /** Vertical field of view. */
  readonly view: number;
}

/** The camera at `position` with `pose`. */
export function cameraAt(position: Vec3, pose: Pose): Camera {
  const { yaw, pitch, roll, view } = pose;
  const forward: Vec3 = [
    Math.sin(yaw) * Math.cos(pitch),
    Math.sin(pitch),
    Math.cos(yaw) * Math.cos(pitch),
  ];
  const level: Vec3 = [Math.cos(yaw), 0, -Math.sin(yaw)];
  const above = cross(forward, level);
  const c = Math.cos(roll), s = Math.sin(roll);
  return {
    position,
    forward,
    right: sub(scale(level, c), scale(above, s)),
    up: add(scale(above, c), scale(level, s)),
    slope: Math.tan(view / 2),
  };
}
