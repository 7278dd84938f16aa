/** Tests of the principal plane of directions. @module */
import { deepEqual, ok } from "node:assert/strict";
import { principalPlane } from "../../../core/latents/principal_plane.ts";
import { randomFrom } from "../../../core/random.ts";

Deno.test("principalPlane() finds the plane that points were put on, up to a turn of each axis", () => {
  const random = randomFrom(1), [rows, width] = [200, 12];
  // Two orthogonal directions, far from the axes of the space.
  const axes = [0, 1].map((which) =>
    Float64Array.from(
      { length: width },
      (_, i) => Math.cos(2 * Math.PI * (which + 1) * i / width) / Math.sqrt(6),
    )
  );
  const places = Array.from({ length: rows }, () => [
    5 * random.normal(),
    2 * random.normal(),
  ]);
  const data = Float32Array.from(
    { length: rows * width },
    (_, at) => {
      const [u, v] = places[Math.floor(at / width)]!, i = at % width;
      return 7 + u! * axes[0]![i]! + v! * axes[1]![i]! +
        0.01 * random.normal();
    },
  );
  const points = principalPlane({ data, shape: [rows, width] });
  for (const axis of [0, 1]) {
    const mean = places.reduce((sum, place) => sum + place[axis]!, 0) / rows;
    let [wanted, found, both] = [0, 0, 0];
    places.forEach((place, row) => {
      const a = place[axis]! - mean, b = points[2 * row + axis]!;
      wanted += a * a;
      found += b * b;
      both += a * b;
    });
    // The sample's axes differ a little from those it was drawn from.
    const cosine = Math.abs(both) / Math.sqrt(wanted * found);
    ok(cosine > 0.97, `axis ${axis}: ${cosine}`);
    ok(Math.abs(found / wanted - 1) < 0.05, `axis ${axis}: ${found / wanted}`);
  }
  deepEqual(principalPlane({ data, shape: [rows, width] }), points);
});

Deno.test("principalPlane() of equal points is a point, of points on a line a line", () => {
  const alike = { data: new Float32Array(12).fill(3), shape: [4, 3] };
  deepEqual(principalPlane(alike), new Float32Array(8));
  const data = Float32Array.from({ length: 12 }, (_, i) => Math.floor(i / 3));
  const line = principalPlane({ data, shape: [4, 3] });
  line.forEach((x, i) => i % 2 === 1 && ok(Math.abs(x) < 1e-5, `${x}`));
  ok(Math.abs(line[0]! - line[6]!) > 5);
});
