/**
 * A hub of models, and a request to it.
 *
 * @module
 */
import type { PluginContext } from "../../mod.ts";
import type { HubId } from "./hub_id.ts";

/** A hub that speaks Hugging Face's protocol, and how it is talked to. */
export interface Hub {
  /** Its address, without a slash at its end. */
  readonly endpoint: string;
  /** What the user is known by there; sent to no other host. */
  readonly token?: string | undefined;
  /** The folder of the cache that is shared with other programs. */
  readonly cache: string;
  /** Whether only the cache is used. */
  readonly offline: boolean;
  /** Milliseconds of silence after which a connection counts as broken. */
  readonly idle: number;
  /** Waits so many milliseconds before a request is tried again. */
  readonly wait: (milliseconds: number) => Promise<void>;
  /** Told what is being done. */
  readonly report: NonNullable<PluginContext["report"]>;
}

/** A request. */
export interface HubRequest {
  /** Its address. */
  readonly url: string;
  /** The model it is about. */
  readonly id: HubId;
  /** The file it is about. */
  readonly file?: string;
  /** `HEAD` for all but the body. */
  readonly method?: "GET" | "HEAD";
  /** What else is said; the token goes with it by itself. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Answers that are wanted though they are redirects or errors. */
  readonly wanted?: (answer: Response) => boolean;
}
