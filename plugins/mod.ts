/**
 * The built-in plugins by name, each loaded when a run first names it.
 *
 * @module
 */
import type { Builtins } from "../core/load_plugin.ts";

/** Table of contents: kind, name, file. */
export const builtins: Builtins = {
  dataset: {
    "image-folder": () => import("./datasets/image_folder.ts"),
    "imagenet": () => import("./datasets/imagenet.ts"),
    "rgbd": () => import("./datasets/rgbd.ts"),
    "scenes": () => import("./datasets/scenes.ts"),
  },
  encoder: {
    "auto": () => import("./encoders/auto.ts"),
    "depth-anything": () => import("./encoders/depth_anything.ts"),
    "depth-nano": () => import("./encoders/depth_nano.ts"),
    "dinov2": () => import("./encoders/dinov2.ts"),
    "onnx": () => import("./encoders/onnx.ts"),
    "patches": () => import("./encoders/patches.ts"),
    "theia": () => import("./encoders/theia.ts"),
    "vit": () => import("./encoders/vit.ts"),
  },
  sparsifier: {
    "batch-top-k": () => import("./sparsifiers/batch_top_k.ts"),
    "relu-l1": () => import("./sparsifiers/relu_l1.ts"),
    "top-k": () => import("./sparsifiers/top_k.ts"),
  },
  engine: {
    "cpu": () => import("./engines/cpu.ts"),
    "reference": () => import("./engines/reference.ts"),
  },
  probe: {
    "depth": () => import("./probes/depth.ts"),
    "reconstruction": () => import("./probes/reconstruction.ts"),
  },
};
