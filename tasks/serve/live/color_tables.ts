/**
 * Writes the colour scales for the browser:
 * `deno run -A tasks/serve/live/color_tables.ts` makes `static/color_tables.js`.
 *
 * @module
 */
// @ts-types="npm:@types/d3-scale-chromatic@^3.1.0"
import { interpolateInferno, interpolateViridis } from "d3-scale-chromatic";
// @ts-types="npm:@types/d3-color@^3.1.3"
import { rgb } from "d3-color";

/** The file that it writes. */
export const colorTablesFile: URL = new URL(
  "../static/color_tables.js",
  import.meta.url,
);

/** The text of that file. */
export function colorTables(): string {
  const scales = {
    viridis: interpolateViridis,
    inferno: interpolateInferno,
  };
  const lines = Object.entries(scales).map(([name, colourOf]) => {
    const bytes = Uint8Array.from(
      Array.from({ length: 256 }, (_, step) => {
        const { r, g, b } = rgb(colourOf(step / 255));
        return [r, g, b];
      }).flat(),
    );
    return `export const ${name} = bytesOf(\n  "${bytes.toBase64()}",\n);`;
  });
  return `/** Colours of 256 steps: red, green, blue of each; written by color_tables.ts. @module */
const bytesOf = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
${lines.join("\n")}
`;
}

if (import.meta.main) await Deno.writeTextFile(colorTablesFile, colorTables());
