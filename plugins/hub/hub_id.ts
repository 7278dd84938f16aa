/**
 * The name of a model at a hub.
 *
 * @module
 */
import { isHubId } from "../../mod.ts";

/** A model at a hub. */
export interface HubId {
  /** Its owner and name: `"depth-anything/Depth-Anything-V2-Small-hf"`. */
  readonly repo: string;
  /** A branch, a tag or a commit. */
  readonly revision: string;
}

/**
 * Parses `owner/name` or `owner/name@revision`; `undefined` for any other text.
 * The revision is `main` unless given.
 *
 * @example
 * ```ts
 * import { parseHubId } from "./hub_id.ts";
 * import { deepEqual, equal } from "node:assert/strict";
 *
 * deepEqual(parseHubId("ada/vit@v1"), { repo: "ada/vit", revision: "v1" });
 * equal(parseHubId("../vit"), undefined);
 * ```
 */
export function parseHubId(text: string): HubId | undefined {
  if (!isHubId(text)) return undefined;
  const [repo, revision = "main"] = text.split("@") as [string, string?];
  return { repo, revision };
}
