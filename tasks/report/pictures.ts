/**
 * The pictures of a report, each once and small enough to mail.
 *
 * @module
 */
import type { Pictures } from "../serve/runs/pictures.ts";
import type { Run } from "../serve/runs/run_store.ts";

/** Longest side of a picture, in pixels. */
const pictureSide = 96;

/** A picture of a report. */
export interface ReportPicture {
  /** The id of its element in the page. */
  readonly id: string;
  /** Its bytes, as a `data:` URL. */
  readonly url: string;
  /** Width in pixels. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
}

/** Pictures by their index in the dataset. */
export interface ReportPictures {
  /** Those that can be shown. */
  readonly shown: ReadonlyMap<number, ReportPicture>;
  /** Why others cannot. */
  readonly problems: readonly string[];
}

/** Shrinks the pictures at `indices`, each once. */
export async function reportPictures(
  pictures: Pictures,
  run: Run,
  indices: Iterable<number>,
): Promise<ReportPictures> {
  const shown = new Map<number, ReportPicture>(), problems: string[] = [];
  const { default: sharp } = await import("sharp");
  for (const index of new Set(indices)) {
    try {
      const { bytes } = await pictures.small(run, index, "thumb");
      const { data, info: { width, height } } = await sharp(bytes)
        .resize(pictureSide, pictureSide, { fit: "inside" })
        .webp({ quality: 62 }).toBuffer({ resolveWithObject: true });
      const url = `data:image/webp;base64,${data.toString("base64")}`;
      shown.set(index, { id: `p${index}`, url, width, height });
    } catch (error) {
      problems.push((error as Error).message);
    }
  }
  return { shown, problems };
}
