/**
 * The pages of a run, as its tabs list them.
 *
 * @module
 */

/** A page of a run. */
export interface RunTab {
  /** Its name. */
  readonly name: string;
  /** Its address behind the run's. */
  readonly path: string;
}

/** The pages of a run, in order. */
export const runTabs: readonly RunTab[] = [
  { name: "Overview", path: "" },
  { name: "Latents", path: "/latents" },
  { name: "Map", path: "/map" },
  { name: "Images", path: "/images" },
  { name: "Steer", path: "/steer" },
  { name: "Probes", path: "/probes" },
];
