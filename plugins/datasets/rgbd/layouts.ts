/**
 * How published sets of pictures with depth name their files, and in what unit
 * their depth is.
 *
 * @module
 */

/** File names of pictures and of their depth, in the language of `filePattern`. */
export interface Layout {
  /** The option `layout` that chooses it. */
  readonly name: string;
  /** What pictures are called. */
  readonly images: readonly string[];
  /** What depth is called; where a picture has more than one, the first of these counts. */
  readonly depths: readonly string[];
  /** What masks are called, 0 where depth is unknown; none when absent. */
  readonly masks?: readonly string[];
  /** Metres that a whole number of 1 stands for; numbers with a fraction are metres. */
  readonly scale: number;
  /** Bits of a PNG of depth; 8 or 16 when absent. */
  readonly bits?: 8 | 16;
  /** The part of a picture's path that names its sequence; its folder when absent. */
  readonly sequence?: RegExp;
}

/** The layouts that are looked for, by name. */
export const layouts: readonly Layout[] = [
  {
    // "depth in millimeters, 16-bit, PNG, invalid depth is set to 65535":
    // microsoft.com/en-us/research/project/rgb-d-dataset-7-scenes. That is what
    // the depth camera saw, which lies beside the colour camera and has a
    // longer lens. What projects it onto the colour camera, as CUT3R's
    // preparation does, writes .depth.proj.png in the same unit, 0 where
    // nothing was hit.
    name: "7-scenes",
    images: ["frame-#.color.png", "frame-#.color.jpg"],
    depths: ["frame-#.depth.proj.png", "frame-#.depth.png"],
    scale: 1 / 1000,
    bits: 16,
  },
  {
    // NYU Depth v2 as BTS, AdaBins and their heirs use it: divided by 1000.0
    // in pytorch/bts_dataloader.py, written × 1000.0 by
    // utils/extract_official_train_test_set_from_mat.py of github.com/cleinc/bts.
    name: "nyu",
    images: ["rgb_#.jpg", "rgb_#.png"],
    depths: ["sync_depth_#.png"],
    scale: 1 / 1000,
    bits: 16,
  },
  {
    // The training part of DenseDepth's nyu_data.zip: 8 bits, 255 is 1000 cm
    // (data.py of github.com/ialhashim/DenseDepth: "/255*self.maxDepth").
    name: "nyu2-train",
    images: ["*_out/#.jpg"],
    depths: ["*_out/#.png"],
    scale: 10 / 255,
    bits: 8,
  },
  {
    // The test part of it: 16 bits, divided by 10 to centimetres there.
    name: "nyu2-test",
    images: ["#_colors.png"],
    depths: ["#_depth.png"],
    scale: 1 / 1000,
    bits: 16,
  },
  {
    // Names, and masks of which "1 denotes valid sensor return": README.md of
    // github.com/diode-dataset/diode-devkit. "Pixel values in metres":
    // github.com/SysCV/idisc/issues/9. Scans of one scene show the same place.
    name: "diode",
    images: ["*.png"],
    depths: ["*_depth.npy"],
    masks: ["*_depth_mask.npy"],
    scale: 1 / 1000,
    sequence: /^.*scene_\d+(?=\/)/,
  },
  {
    // "A 0 value indicates an invalid pixel", otherwise metres are the 16-bit
    // value "divided by 256.0": readme.txt of KITTI's depth devkit, which also
    // shows the folders. Pictures come in the raw data's tree, as PNG, often
    // made JPEG, or cropped in val_selection_cropped. The two cameras of a
    // drive see the same street.
    name: "kitti",
    images: [
      "**/*_sync/image_0#/data/#.png",
      "**/*_sync/image_0#/data/#.jpg",
      "image/*_sync_image_#_image_0#.png",
    ],
    depths: [
      "**/*_sync/proj_depth/groundtruth/image_0#/#.png",
      "groundtruth_depth/*_sync_groundtruth_depth_#_image_0#.png",
    ],
    scale: 1 / 256,
    bits: 16,
    sequence: /[^/]*?_sync(?=[/_])/,
  },
];

/** The names of {@linkcode layouts}. */
export const layoutNames: readonly string[] = layouts.map(({ name }) => name);
