/**
 * A model hub, and a request to it.
 *
 * @module
 */
import type { PluginContext } from "../../mod.ts";
import type { HubId } from "./hub_id.ts";

/** A hub that speaks Hugging Face's protocol, and how to talk to it. */
export interface Hub {
  /** Its address, without a trailing slash. */
  readonly endpoint: string;
  /** The user's access token, sent to no other host. */
  readonly token?: string | undefined;
  /** The cache's folder, shared with other programs. */
  readonly cache: string;
  /** Whether to use the cache only. */
  readonly offline: boolean;
  /** Milliseconds of silence after which a connection counts as broken. */
  readonly idle: number;
  /** Waits before a request is tried again. */
  readonly wait: (milliseconds: number) => Promise<void>;
  /** Told about progress. */
  readonly report: NonNullable<PluginContext["report"]>;
}

/** A request to a hub. */
export interface HubRequest {
  /** Its address. */
  readonly url: string;
  /** The model it is about. */
  readonly id: HubId;
  /** The file it is about. */
  readonly file?: string;
  /** `HEAD` asks for everything but the body. */
  readonly method?: "GET" | "HEAD";
  /** Further headers; the token is added by itself. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Accepts responses that are redirects or errors. */
  readonly wanted?: (answer: Response) => boolean;
}
