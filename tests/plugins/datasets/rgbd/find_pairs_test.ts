import { deepEqual, equal } from "node:assert/strict";
import { findPairs } from "../../../../plugins/datasets/rgbd/find_pairs.ts";
import { layouts } from "../../../../plugins/datasets/rgbd/layouts.ts";

function find(layout: string, ...names: readonly string[]) {
  const { pairs, ...rest } = findPairs(
    names,
    layouts.find(({ name }) => name === layout)!,
    "base",
  );
  return {
    ...rest,
    pairs: pairs.map(({ image, depth, mask, sequence }) =>
      [image, depth, ...mask ? [mask] : [], sequence].join(" ")
    ),
  };
}

Deno.test("findPairs() orders frames by number and sequences by code unit", () => {
  const frames = ["b/frame-10", "b/frame-2", "B/frame-3", "b/frame-0001"];
  const names = frames.flatMap((x) => [`${x}.color.png`, `${x}.depth.png`]);
  deepEqual(find("7-scenes", ...names).pairs, [
    "B/frame-3.color.png B/frame-3.depth.png B",
    "b/frame-0001.color.png b/frame-0001.depth.png b",
    "b/frame-2.color.png b/frame-2.depth.png b",
    "b/frame-10.color.png b/frame-10.depth.png b",
  ]);
});

Deno.test("findPairs() prefers 7-Scenes depth that is projected", () => {
  deepEqual(
    find(
      "7-scenes",
      "frame-1.color.jpg",
      "frame-1.depth.png",
      "frame-1.depth.proj.png",
      "frame-2.color.png",
      "frame-2.depth.png",
      "frame-3.color.png",
      "frame-3.pose.txt",
    ),
    {
      pairs: [
        "frame-1.color.jpg frame-1.depth.proj.png base",
        "frame-2.color.png frame-2.depth.png base",
      ],
      withoutDepth: 1,
      depths: 2,
    },
  );
});

Deno.test("findPairs() keeps equal frames in different folders apart", () => {
  deepEqual(
    find(
      "nyu",
      "bathroom_0001/rgb_00045.jpg",
      "kitchen_0028b/rgb_00045.jpg",
      "kitchen_0028b/sync_depth_00045.png",
    ),
    {
      pairs: [
        "kitchen_0028b/rgb_00045.jpg kitchen_0028b/sync_depth_00045.png kitchen_0028b",
      ],
      withoutDepth: 1,
      depths: 1,
    },
  );
});

Deno.test("findPairs() finds DenseDepth's exports of NYU", () => {
  const train = find(
    "nyu2-train",
    "data/nyu2_train/study_0001_out/3.jpg",
    "data/nyu2_train/study_0001_out/3.png",
    "data/nyu2_train/study_0001_out/30.jpg",
  );
  deepEqual(train.pairs, [
    "data/nyu2_train/study_0001_out/3.jpg data/nyu2_train/study_0001_out/3.png data/nyu2_train/study_0001_out",
  ]);
  equal(train.withoutDepth, 1);
  deepEqual(
    find("nyu2-test", "t/00000_colors.png", "t/00000_depth.png").pairs,
    ["t/00000_colors.png t/00000_depth.png t"],
  );
});

Deno.test("findPairs() finds DIODE's masks and takes its scenes as sequences", () => {
  const scene = "val/indoors/scene_00019";
  const a = `${scene}/scan_00184/00019_00184_indoors_000_010`;
  const b = `${scene}/scan_00183/00019_00183_indoors_010_000`;
  deepEqual(
    find(
      "diode",
      `${a}.png`,
      `${a}_depth.npy`,
      `${b}.png`,
      `${b}_depth.npy`,
      `${b}_depth_mask.npy`,
    ).pairs,
    [
      `${b}.png ${b}_depth.npy ${b}_depth_mask.npy ${scene}`,
      `${a}.png ${a}_depth.npy ${scene}`,
    ],
  );
});

Deno.test("findPairs() joins KITTI's two trees, and both cameras of a drive", () => {
  const drive = "2011_09_26_drive_0001_sync";
  const raw = `raw/2011_09_26/${drive}`;
  const truth = `depth/train/${drive}/proj_depth/groundtruth`;
  deepEqual(
    find(
      "kitti",
      `${raw}/image_02/data/0000000005.png`,
      `${raw}/image_03/data/0000000005.png`,
      `${raw}/image_02/data/0000000006.jpg`,
      `${raw}/image_02/data/0000000004.png`,
      `${truth}/image_02/0000000005.png`,
      `${truth}/image_03/0000000005.png`,
      `${truth}/image_02/0000000006.png`,
      `depth/train/${drive}/proj_depth/velodyne_raw/image_02/0000000004.png`,
    ),
    {
      pairs: [
        `${raw}/image_02/data/0000000005.png ${truth}/image_02/0000000005.png ${drive}`,
        `${raw}/image_03/data/0000000005.png ${truth}/image_03/0000000005.png ${drive}`,
        `${raw}/image_02/data/0000000006.jpg ${truth}/image_02/0000000006.png ${drive}`,
      ],
      withoutDepth: 1,
      depths: 3,
    },
  );
});

Deno.test("findPairs() finds KITTI's cropped selection", () => {
  const drive = "2011_09_26_drive_0002_sync";
  const image = `v/image/${drive}_image_0000000005_image_02.png`;
  const depth =
    `v/groundtruth_depth/${drive}_groundtruth_depth_0000000005_image_02.png`;
  deepEqual(find("kitti", image, depth).pairs, [`${image} ${depth} ${drive}`]);
});
