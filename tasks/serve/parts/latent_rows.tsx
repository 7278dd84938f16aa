/**
 * Latents in rows, each with the pictures that show it.
 *
 * @module
 */
import type { JSX } from "hono/jsx/jsx-runtime";
import { latentExemplars } from "../runs/latent_exemplars.ts";
import { type LatentList, pageRows } from "../runs/latent_list.ts";
import { latentQueryText } from "../runs/latent_query.ts";
import { latentUrl } from "../urls.ts";
import { number, ofKind } from "./numbers.ts";
import { Tile } from "./tile.tsx";

/** How many pictures a row shows. */
const stripPictures = 12;

/** One page of latents. */
export async function LatentRows(
  { run, latents, found: { query, latents: order }, offset }: LatentList,
): Promise<JSX.Element> {
  const shown = [...order.subarray(offset, offset + pageRows)];
  const exemplars = await Promise.all(
    shown.map((latent) =>
      latentExemplars(latents, "top", latent, stripPictures)
    ),
  );
  const names = [...new Set([query.sort, "density", "max", "purity"])];
  const columns = names.flatMap((name) =>
    latents.columns.find((column) => column.name === name) ?? []
  ).slice(0, 3);
  const { grid } = latents.index.info;
  return (
    <ol class="rows" data-offset={offset}>
      {shown.map((latent, i) => (
        <li>
          <a
            class="row"
            href={latentUrl(run.name, latent, latentQueryText(query))}
          >
            <span class="row-head">
              <span class="row-number">{latent}</span>
              <span class="row-numbers">
                {columns.map(({ title, kind, values }) => (
                  <span>
                    <span class="quiet">{title}</span>{" "}
                    {ofKind(kind, values[latent]!)}
                  </span>
                ))}
              </span>
            </span>
            <span
              class="strip"
              data-heat="lit"
              data-scale={exemplars[i]![0]?.value ?? 0}
            >
              {exemplars[i]!.map((exemplar) => (
                <Tile
                  run={run}
                  grid={grid}
                  exemplar={exemplar}
                  size="thumb"
                  alt={`picture ${exemplar.example}, ${number(exemplar.value)}`}
                />
              ))}
              {exemplars[i]!.length === 0 && (
                <span class="empty">It fired on none of the pictures</span>
              )}
            </span>
          </a>
        </li>
      ))}
    </ol>
  );
}
