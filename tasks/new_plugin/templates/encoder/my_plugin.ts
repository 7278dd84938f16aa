/**
 * A picture as a grid of small thumbnails.
 *
 * @module
 */
import { ConfigError, type Encoder, type Plugin, type RgbImage } from "tessera";
import { z } from "zod";

const options = z.strictObject({
  grid: z.int().min(1).default(14).describe("Patches along each side"),
  side: z.int().min(1).default(4).describe(
    "Pixels along each side of a patch's thumbnail; a token has 3 · side² numbers",
  ),
});

/** Options of {@linkcode myPlugin}. */
export type MyPluginOptions = z.infer<typeof options>;

/** Each token is a patch of the picture, sampled at `side × side` points. */
export function myPlugin({ grid, side }: MyPluginOptions): Encoder {
  const width = 3 * side * side;
  const tokens = grid * grid;
  const layout = { specials: 0, grid: [grid, grid] } as const;
  return {
    hooks: [{ name: "thumbnails", width, layout }],
    defaultHook: "thumbnails",
    provenance: { encoder: "my-plugin", grid, side },
    // `[images, tokens, width]` for each hook that is asked for.
    encode(images, hooks) {
      const unknown = hooks.find((hook) => hook !== "thumbnails");
      if (unknown !== undefined) {
        const message = `Cannot read hook "${unknown}": there is "thumbnails"`;
        return Promise.reject(new ConfigError("hook", message));
      }
      const data = new Float32Array(images.length * tokens * width);
      images.forEach((image, i) =>
        data.set(thumbnails(image, grid, side), i * tokens * width)
      );
      const shape = [images.length, tokens, width];
      return Promise.resolve(
        Object.fromEntries(hooks.map((hook) => [hook, { data, shape }])),
      );
    },
    // Bytes that encoding so many pictures takes at most.
    memory: (images) => images * tokens * width * 4,
    close: () => Promise.resolve(),
  };
}

/** The patches of a picture, row by row: `[grid · grid, side · side · 3]`, from −1 to 1. */
function thumbnails(image: RgbImage, grid: number, side: number): Float32Array {
  const points = grid * side;
  const out = new Float32Array(points * points * 3);
  for (let y = 0; y < points; y++) {
    for (let x = 0; x < points; x++) {
      const token = Math.floor(y / side) * grid + Math.floor(x / side);
      const inside = (y % side) * side + x % side;
      const row = Math.floor((y + 0.5) / points * image.height);
      const column = Math.floor((x + 0.5) / points * image.width);
      for (let colour = 0; colour < 3; colour++) {
        out[(token * side * side + inside) * 3 + colour] =
          image.data[(row * image.width + column) * 3 + colour]! / 127.5 - 1;
      }
    }
  }
  return out;
}

const plugin: Plugin<"encoder", MyPluginOptions> = {
  apiVersion: 1,
  kind: "encoder",
  name: "my-plugin",
  description: "A picture as a grid of small thumbnails",
  options,
  create: myPlugin,
};
export default plugin;
