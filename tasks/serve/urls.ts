/**
 * The address of every page, picture, static file and API endpoint.
 *
 * @module
 */
import type { PictureSize } from "./runs/pictures.ts";
import type { Run } from "./runs/run_store.ts";

/** The part of an address from its question mark on: as text with the question mark, or as values by name. */
type Query = string | Readonly<Record<string, string | number>>;

function withQuery(path: string, query: Query): string {
  if (typeof query === "string") return `${path}${query}`;
  const text = new URLSearchParams(
    Object.entries(query).map(([name, value]) => [name, String(value)]),
  ).toString();
  return text === "" ? path : `${path}?${text}`;
}

/** The page of all runs. */
export const runsUrl = "/";

/** The table of runs alone. */
export const runTableUrl = "/parts/runs";

/** A run's first page. */
export function runUrl(run: string): string {
  return `/runs/${encodeURIComponent(run)}`;
}

/** A run's results and curves alone. */
export function runNumbersUrl(run: string): string {
  return `${runUrl(run)}/numbers`;
}

/** The latents of a run. */
export function latentsUrl(run: string, query: Query = ""): string {
  return withQuery(`${runUrl(run)}/latents`, query);
}

/** Rows of the list of latents alone. */
export function latentRowsUrl(run: string, query: Query = ""): string {
  return withQuery(`${latentsUrl(run)}/rows`, query);
}

/** A latent; `query` holds the order in which its neighbours stand. */
export function latentUrl(
  run: string,
  latent: number | string,
  query: Query = "",
): string {
  return withQuery(`${latentsUrl(run)}/${latent}`, query);
}

/** The dictionary as points on a plane. */
export function mapUrl(run: string): string {
  return `${runUrl(run)}/map`;
}

/** The pictures of a run's dataset, and where a reader's own picture is sent by a form. */
export function imagesUrl(run: string, query: Query = ""): string {
  return withQuery(`${runUrl(run)}/images`, query);
}

/** One picture: `ref` is its index in the dataset, the id of a dropped one, or `random`. */
export function imageUrl(
  run: string,
  ref: number | string,
  query: Query = "",
): string {
  return withQuery(`${imagesUrl(run)}/${ref}`, query);
}

/** The latents of one patch of a picture alone. */
export function patchUrl(run: string, ref: string): string {
  return `${imageUrl(run, ref)}/patch`;
}

/** The file of a picture of the dataset; its address changes with what the encoder sees of it. */
export function pictureUrl(
  { name, version }: Pick<Run, "name" | "version">,
  index: number,
  size: PictureSize,
): string {
  return `${runUrl(name)}/pictures/${index}/${size}?v=${version}`;
}

/** The file of a dropped picture. */
export function droppedUrl(run: string, id: string, size: PictureSize): string {
  return `${runUrl(run)}/dropped/${id}/${size}`;
}

/** The steering page. */
export function steerUrl(run: string, query: Query = ""): string {
  return withQuery(`${runUrl(run)}/steer`, query);
}

/** The prediction of a steering alone. */
export function steerResultUrl(run: string): string {
  return `${steerUrl(run)}/result`;
}

/** What probes have found. */
export function probesUrl(run: string): string {
  return `${runUrl(run)}/probes`;
}

/** What one probe has found. */
export function probeUrl(run: string, probe: string): string {
  return `${probesUrl(run)}/${encodeURIComponent(probe)}`;
}

/** A figure of a probe, as a file. */
export function figureUrl(run: string, probe: string, figure: string): string {
  return `${probeUrl(run, probe)}/figures/${figure}.svg`;
}

/** A table of a probe, as a file. */
export function tableUrl(run: string, probe: string, table: string): string {
  return `${probeUrl(run, probe)}/tables/${table}.csv`;
}

/** A style sheet or module; `version` changes when one of them does. */
export function staticUrl(version: string, name: string): string {
  return `/static/${version}/${name}`;
}

/** The documentation of the API. */
export const apiUrl = "/api";

/** A run, as JSON. */
export function apiRunUrl(run: string): string {
  return `${apiUrl}${runUrl(run)}`;
}

/** What a run logged, as JSON. */
export function apiMetricsUrl(run: string): string {
  return `${apiRunUrl(run)}/metrics`;
}

/** The latents of a run, as JSON. */
export function apiLatentsUrl(run: string, query: Query = ""): string {
  return withQuery(`${apiUrl}${latentsUrl(run)}`, query);
}

/** A latent, as JSON. */
export function apiLatentUrl(run: string, latent: number): string {
  return `${apiUrl}${latentUrl(run, latent)}`;
}

/** The dictionary as points on a plane, as JSON. */
export function apiPlaneUrl(run: string, query: Query = ""): string {
  return withQuery(`${apiRunUrl(run)}/plane`, query);
}

/** Where a reader's own picture is sent. */
export function apiPicturesUrl(run: string): string {
  return `${apiRunUrl(run)}/pictures`;
}

/** The latents of a picture, as JSON. */
export function apiImageLatentsUrl(run: string, ref: string): string {
  return `${apiUrl}${imageUrl(run, ref)}/latents`;
}
