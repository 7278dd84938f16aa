/**
 * What a hub refuses in, an error that says what to do about it out.
 *
 * @module
 */
import { ConfigError } from "../../../core/errors.ts";
import type { Hub } from "./hub.ts";
import type { HubRequest } from "./hub_request.ts";

/** Something that may be over when it is tried again: a broken connection, a busy hub. */
export class PassingError extends Error {
  /** The error's name. */
  override readonly name = "PassingError";
  /** Milliseconds that the hub asks to wait. */
  readonly after: number | undefined;

  /** Makes the error. */
  constructor(message: string, after?: number, options?: ErrorOptions) {
    super(message, options);
    this.after = after;
  }
}

/** What is asked for, in words: `"model.safetensors" of "ada/vit"`. */
export function whatOf(
  { id, file }: Pick<HubRequest, "id" | "file">,
): string {
  return file === undefined ? `"${id.repo}"` : `"${file}" of "${id.repo}"`;
}

/** An error about what is asked of `hub`. */
export function hubError(
  hub: Hub,
  request: Pick<HubRequest, "id" | "file">,
  why: string,
  options?: ErrorOptions,
): ConfigError {
  return new ConfigError(
    "encoder.model",
    `Cannot download ${whatOf(request)} from "${hub.endpoint}": ${why}`,
    options,
  );
}

/** What the answer to `request`, one that is no success, means. */
export function requestError(
  hub: Hub,
  request: HubRequest,
  answer: Response,
): Error {
  const { status, headers } = answer;
  if (status === 408 || status === 429 || status >= 500) {
    return new PassingError(`it answers ${status}`, retryAfter(headers));
  }
  return hubError(hub, request, refusal(hub, request, answer));
}

/** Milliseconds; a date instead of seconds is taken for nothing said. */
function retryAfter(headers: Headers): number | undefined {
  const seconds = Number(headers.get("retry-after") ?? NaN);
  return seconds >= 0 ? 1000 * seconds : undefined;
}

function refusal(
  hub: Hub,
  { id, file }: HubRequest,
  { status, headers }: Response,
): string {
  const code = headers.get("x-error-code");
  const folder = `for a folder write "./${id.repo}"`;
  const login = hub.token === undefined
    ? `set HF_TOKEN to a token of ${hub.endpoint}/settings/tokens`
    : "check the token in HF_TOKEN or of the last login";
  if (code === "GatedRepo" || status === 403) {
    return `it answers ${status}: accept the terms of the model at ${hub.endpoint}/${id.repo}, and ${login}`;
  }
  if (status === 401) {
    return `it answers 401: there is no such model, or it is not public; check the name, or ${login}; ${folder}`;
  }
  if (status !== 404) {
    const said = headers.get("x-error-message")?.slice(0, 200);
    return `it answers ${status}${said ? ` (${said})` : ""}; check HF_ENDPOINT`;
  }
  if (code === "RevisionNotFound") {
    return `it answers 404: there is no revision "${id.revision}"; write a branch, a tag or a commit after the @`;
  }
  return file === undefined
    ? `it answers 404: there is no such model; check the name; ${folder}`
    : `it answers 404: there is no such file; ${folder}`;
}
