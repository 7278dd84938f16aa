/**
 * The file names and depth units of published RGB-D datasets.
 *
 * @module
 */

/** File names of pictures and depth maps, as patterns for `filePattern`. */
export interface Layout {
  /** Its name: the value of the option `layout`. */
  readonly name: string;
  /** Patterns of pictures. */
  readonly images: readonly string[];
  /** Patterns of depth maps; if a picture has several, the first pattern counts. */
  readonly depths: readonly string[];
  /** Patterns of masks, which are 0 where depth is unknown. */
  readonly masks?: readonly string[];
  /** Metres per unit of stored integers; stored floats are metres. */
  readonly scale: number;
  /** Bits of a depth PNG; 8 or 16 when absent. */
  readonly bits?: 8 | 16;
  /** Matches the part of a picture's path that names its sequence; its folder when absent. */
  readonly sequence?: RegExp;
}

/** The known layouts. */
export const layouts: readonly Layout[] = [
  {
    // "depth in millimeters, 16-bit, PNG, invalid depth is set to 65535":
    // microsoft.com/en-us/research/project/rgb-d-dataset-7-scenes. The depth
    // camera sits beside the colour camera and has a longer lens. Programs that
    // project it onto the colour camera, such as CUT3R's preparation, write
    // .depth.proj.png in the same unit, 0 where nothing was hit.
    name: "7-scenes",
    images: ["frame-#.color.png", "frame-#.color.jpg"],
    depths: ["frame-#.depth.proj.png", "frame-#.depth.png"],
    scale: 1 / 1000,
    bits: 16,
  },
  {
    // NYU Depth v2 as BTS, AdaBins and their successors use it: divided by 1000.0
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
    // Its test part: 16 bits, which DenseDepth divides by 10 to get centimetres.
    name: "nyu2-test",
    images: ["#_colors.png"],
    depths: ["#_depth.png"],
    scale: 1 / 1000,
    bits: 16,
  },
  {
    // Names, and masks in which "1 denotes valid sensor return": README.md of
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
    // shows the folders. Pictures come in the raw data's tree, as PNG or often
    // converted to JPEG, or cropped in val_selection_cropped. The two cameras of
    // a drive see the same street.
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
