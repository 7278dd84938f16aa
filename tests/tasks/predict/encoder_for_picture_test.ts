/** Tests of {@linkcode encoderForPicture}. @module */
import { deepEqual, equal, ok } from "node:assert/strict";
import type { Encoder } from "tessera";
import { encoderForPicture } from "../../../tasks/predict/encoder_for_picture.ts";

Deno.test("encoderForPicture() keeps what was made for pictures of one size, and closes all", async () => {
  const open = new Set<string>(), made: string[] = [];
  const fake = (name: string, fitted?: Encoder["fitted"]): Encoder => {
    open.add(name);
    made.push(name);
    return {
      close: () => Promise.resolve(open.delete(name)).then(() => {}),
      ...fitted && { fitted },
    } as Encoder;
  };
  const fitted = encoderForPicture(
    fake(
      "whole",
      ({ width, height }) => Promise.resolve(fake(`${width}×${height}`)),
    ),
  );
  for (const [width, height] of [[4, 3], [4, 3], [3, 4], [4, 3]] as const) {
    await fitted.at({ width, height });
    deepEqual([...open], ["whole", `${width}×${height}`]);
  }
  deepEqual(made, ["whole", "4×3", "3×4", "4×3"]);
  await fitted.close();
  deepEqual([...open], []);

  const plain = fake("plain");
  const same = encoderForPicture(plain);
  equal(await same.at({ width: 1, height: 1 }), plain);
  equal(await same.at({ width: 2, height: 1 }), plain);
  ok(open.has("plain"));
  await same.close();
  deepEqual([...open], []);
});
