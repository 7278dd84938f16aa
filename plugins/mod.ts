/**
 * The built-in plugins by name, each loaded when a run names it.
 *
 * @module
 */
import type { Builtins } from "../mod.ts";

/** The built-in plugins by kind and name. */
export const builtins: Builtins = {
  dataset: {
    "image-folder": () => import("./datasets/image_folder.ts"),
    "imagenet": () => import("./datasets/imagenet.ts"),
    "rgbd": () => import("./datasets/rgbd/mod.ts"),
    "scenes": () => import("./datasets/scenes/mod.ts"),
  },
  encoder: {
    "auto": () => import("./encoders/auto.ts"),
    "clip": () => import("./encoders/clip/mod.ts"),
    "depth-anything": () => import("./encoders/depth_anything/mod.ts"),
    "depth-nano": () => import("./encoders/depth_nano.ts"),
    "dinov2": () => import("./encoders/dinov2/mod.ts"),
    "dinov3": () => import("./encoders/dinov3/mod.ts"),
    "onnx": () => import("./encoders/onnx/mod.ts"),
    "patches": () => import("./encoders/patches/mod.ts"),
    "siglip": () => import("./encoders/siglip/mod.ts"),
    "theia": () => import("./encoders/theia/mod.ts"),
    "vit": () => import("./encoders/vit/mod.ts"),
  },
  sparsifier: {
    "batch-top-k": () => import("./sparsifiers/batch_top_k.ts"),
    "relu-l1": () => import("./sparsifiers/relu_l1.ts"),
    "top-k": () => import("./sparsifiers/top_k.ts"),
  },
  engine: {
    "cpu": () => import("./engines/cpu/mod.ts"),
    "reference": () => import("./engines/reference/mod.ts"),
  },
  probe: {
    "depth": () => import("./probes/depth/mod.ts"),
    "reconstruction": () => import("./probes/reconstruction/mod.ts"),
  },
};
