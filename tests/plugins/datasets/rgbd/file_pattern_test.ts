import { deepEqual } from "node:assert/strict";
import { filePattern } from "../../../../plugins/datasets/rgbd/file_pattern.ts";

Deno.test("filePattern() returns the folders and what * and # stand for", () => {
  const cases: [string, string, readonly string[] | undefined][] = [
    ["rgb_#.jpg", "rgb_00045.jpg", ["", "00045"]],
    ["rgb_#.jpg", "a/b/rgb_7.JPG", ["a/b/", "7"]],
    ["rgb_#.jpg", "a/b/rgb_x.jpg", undefined],
    ["rgb_#.jpg", "a/b/argb_7.jpg", undefined],
    ["rgb_#.jpg", "a/b/rgb_7xjpg", undefined],
    ["rgb_#.jpg", "rgb_7.jpg/x", undefined],
    ["rgb/*.jpg", "a/rgb/c d.e.jpg", ["a/", "c d.e"]],
    ["rgb/*.jpg", "a/rgb/b/c.jpg", undefined],
    ["rgb/*.jpg", "rgb/.jpg", undefined],
    ["*_#.png", "a_1_2.png", ["", "a_1", "2"]],
    ["**/*_sync/#.png", "a/b/c_sync/5.png", ["c", "5"]],
    ["**/*_sync/#.png", "c_sync/5.png", ["c", "5"]],
    ["a+(b)[c].png", "a+(b)[c].png", [""]],
    ["ü😀*.png", "ü😀1.png", ["", "1"]],
  ];
  for (const [pattern, path, parts] of cases) {
    deepEqual(filePattern(pattern)(path), parts, `${pattern} on ${path}`);
  }
});
