/**
 * Makes the report of a run: one HTML file that needs no other.
 *
 * @module
 */
import { raw } from "hono/html";
import { overlayDataUrl } from "../serve/live/color_map.ts";
import type { ServeContext } from "../serve/context.ts";
import { latentExemplars } from "../serve/runs/latent_exemplars.ts";
import type { Run, RunIndex } from "../serve/runs/run_store.ts";
import { runProbes } from "../serve/runs/run_probes.ts";
import type { ShownLatent } from "./latents.tsx";
import { ReportPage } from "./page.tsx";
import { type ReportPictures, reportPictures } from "./pictures.ts";

/** Options for {@linkcode makeReport}. */
export interface ReportOptions {
  /** How many latents are shown. */
  readonly latents: number;
  /** How many pictures of each. */
  readonly pictures: number;
  /** The column that chooses them; by default those with the largest values. */
  readonly sort?: string | undefined;
  /** Whether the largest come first. */
  readonly order?: "asc" | "desc" | undefined;
}

/**
 * The report of a run, as HTML. The same files give the same report.
 *
 * @throws {Problem} When `sort` does not name a column.
 */
export async function makeReport(
  context: ServeContext,
  run: Run,
  options: ReportOptions,
): Promise<string> {
  const { store, files } = context, problems = [...run.problems];
  const latents = await store.latents(run).catch((error: Error) => {
    problems.push(error.message);
    return undefined;
  });
  const shown = latents ? await chosen(context, run, latents, options) : [];
  const pictures = await picturesOf(context, run, shown);
  if (pictures.problems.length > 0) {
    problems.push(
      `${pictures.problems.length} pictures cannot be shown. ${
        pictures.problems[0]
      }`,
    );
  }
  const style = new TextDecoder().decode(files.get("style.css")?.bytes);
  const page = await (
    <ReportPage
      run={run}
      latents={latents}
      shown={shown}
      pictures={pictures}
      probes={await runProbes(run)}
      problems={[...problems, ...latents?.problems ?? []]}
      sort={sortOf(context, run, latents, options)}
      style={style}
    />
  );
  return String(raw(`<!DOCTYPE html>\n${page}\n`));
}

/** The title of the column that chooses the latents. */
function sortOf(
  { search }: ServeContext,
  run: Run,
  latents: RunIndex | undefined,
  options: ReportOptions,
): string {
  if (!latents) return "";
  return search(run, latents, paramsOf(options)).query.sort;
}

function paramsOf({ sort, order }: ReportOptions): URLSearchParams {
  return new URLSearchParams({ ...sort && { sort }, ...order && { order } });
}

/** The latents that are shown, with their pictures and maps. */
async function chosen(
  { search }: ServeContext,
  run: Run,
  latents: RunIndex,
  options: ReportOptions,
): Promise<ShownLatent[]> {
  const { latents: most, pictures } = options;
  const found = search(run, latents, paramsOf(options));
  const { grid } = latents.index.info;
  const shown: ShownLatent[] = [];
  for (const latent of found.latents.subarray(0, most)) {
    const top = await latentExemplars(latents, "top", latent, pictures);
    const scale = top[0]?.value ?? 0;
    const maps = await Promise.all(top.map(({ map, value }) =>
      overlayDataUrl({
        data: Float32Array.from(map, (step) => step / 255 * value),
        width: grid[1],
        height: grid[0],
      }, scale)
    ));
    shown.push({
      latent,
      scale,
      top: top.map((one, i) => ({ ...one, overlay: maps[i]! })),
    });
  }
  return shown;
}

async function picturesOf(
  { pictures }: ServeContext,
  run: Run,
  shown: readonly ShownLatent[],
): Promise<ReportPictures> {
  const indices = shown.flatMap(({ top }) => top.map(({ example }) => example));
  const gone = await pictures.count(run).then(
    () => undefined,
    (error: Error) => error.message,
  );
  if (gone !== undefined) return { shown: new Map(), problems: [gone] };
  return await reportPictures(pictures, run, indices);
}
