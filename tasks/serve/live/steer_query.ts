/**
 * Reads and writes the address of a steering, which holds all of it.
 *
 * @module
 */
import type { SteerEdit } from "./live_model.ts";
import { Problem } from "../http/problem.ts";

/** The most edits at once. */
export const mostEdits = 16;

/** The largest absolute value or factor. */
export const mostValue = 1e6;

/** An edit as an address has it: what it leaves out is chosen by the picture. */
export type AskedEdit = Pick<SteerEdit, "latent"> & Partial<SteerEdit>;

/** What an address asks for. */
export interface SteerQuery {
  /** The picture; one that shows the first latent when absent. */
  readonly image?: string;
  /** The edits; one of the picture's strongest latent when absent. */
  readonly edits?: readonly AskedEdit[];
  /** The hook of the prediction. */
  readonly prediction?: string;
  /** Whether the part that the dictionary does not explain is kept. */
  readonly keepError: boolean;
  /** The patches that are edited; all when absent. */
  readonly patches?: readonly number[];
}

/**
 * Reads an address: `latent`, `how` and `value` come once for each edit;
 * `add` brings one more latent, and `remove` is the position of an edit to drop.
 *
 * @throws {Problem} When a part of it is not understood.
 */
export function readSteerQuery(params: URLSearchParams): SteerQuery {
  const [image, prediction] = [params.get("image"), params.get("prediction")];
  const hows = params.getAll("how"), values = params.getAll("value");
  const remove = params.get("remove");
  const edits = params.getAll("latent")
    .map((text, i) => editOf(text, hows[i] ?? "", values[i] ?? ""))
    .filter((_, i) => String(i) !== remove);
  const added = params.getAll("add").filter((text) => text.trim() !== "")
    .map((text) => editOf(text, "", ""));
  const all = [...edits, ...added].filter((edit) => edit !== undefined);
  if (all.length > mostEdits) {
    throw new Problem(
      400,
      `Cannot edit ${all.length} latents at once: at most ${mostEdits}`,
    );
  }
  const isAsked = params.has("latent") || added.length > 0;
  const patches = patchesOf(params.get("patches") ?? "");
  return {
    ...image && { image },
    ...isAsked && { edits: all },
    ...prediction && { prediction },
    keepError: params.get("error") !== "lose",
    ...patches && { patches },
  };
}

function editOf(
  text: string,
  how: string,
  value: string,
): AskedEdit | undefined {
  if (text.trim() === "") return undefined;
  if (!/^\d{1,9}$/.test(text.trim())) {
    throw new Problem(
      400,
      `Cannot edit latent "${
        text.slice(0, 40)
      }": latents are whole numbers from 0`,
    );
  }
  if (how !== "" && how !== "set" && how !== "scale" && how !== "ablate") {
    throw new Problem(
      400,
      `Cannot edit by "${how.slice(0, 40)}": write set, scale or ablate`,
    );
  }
  return {
    latent: Number(text),
    ...how !== "" && { how },
    ...value.trim() !== "" && { value: valueOf(value.trim()) },
  };
}

function valueOf(text: string): number {
  const value = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text)
    ? Number(text)
    : NaN;
  if (Math.abs(value) <= mostValue) return value;
  throw new Problem(
    400,
    `Cannot use the value "${
      text.slice(0, 40)
    }": it must be a number from −${mostValue} to ${mostValue}`,
  );
}

function patchesOf(text: string): number[] | undefined {
  if (text === "") return undefined;
  const parts = text.split(",");
  if (parts.length <= 10_000 && parts.every((part) => /^\d{1,6}$/.test(part))) {
    return [...new Set(parts.map(Number))];
  }
  throw new Problem(
    400,
    `Cannot edit patches "${
      text.slice(0, 40)
    }": write their numbers separated by commas`,
  );
}

/** The address of a steering, from its question mark on. */
export function steerQueryText(query: SteerQuery): string {
  const { image, edits, prediction, keepError, patches } = query;
  const params = new URLSearchParams();
  if (image !== undefined) params.set("image", image);
  for (const { latent, how, value } of edits ?? []) {
    params.append("latent", String(latent));
    params.append("how", how ?? "");
    params.append("value", value === undefined ? "" : String(value));
  }
  if (edits?.length === 0) params.set("latent", "");
  if (prediction !== undefined) params.set("prediction", prediction);
  if (!keepError) params.set("error", "lose");
  if (patches) params.set("patches", patches.join());
  return `?${params}`;
}
