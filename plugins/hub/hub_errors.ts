/**
 * Errors about a hub that say what to do.
 *
 * @module
 */
import { ConfigError } from "../../mod.ts";
import type { Hub, HubRequest } from "./hub.ts";

/** An error that trying again may cure: a broken connection, a busy hub. */
export class TransientError extends Error {
  /** The error's name. */
  override readonly name = "TransientError";
  /** Milliseconds to wait, when the hub says so. */
  readonly after: number | undefined;

  /** Makes the error. */
  constructor(message: string, after?: number, options?: ErrorOptions) {
    super(message, options);
    this.after = after;
  }
}

/** The requested model or file, for messages: `"model.safetensors" of "ada/vit"`. */
export function requestName(
  { id, file }: Pick<HubRequest, "id" | "file">,
): string {
  return file === undefined ? `"${id.repo}"` : `"${file}" of "${id.repo}"`;
}

/** The error for a request that `hub` did not fulfil. */
export function hubError(
  hub: Hub,
  request: Pick<HubRequest, "id" | "file">,
  why: string,
  options?: ErrorOptions,
): ConfigError {
  return new ConfigError(
    "encoder.model",
    `Cannot download ${requestName(request)} from "${hub.endpoint}": ${why}`,
    options,
  );
}

/** The error for an unsuccessful response, from the hub or from a host it redirects to. */
export function requestError(
  hub: Hub,
  request: HubRequest,
  answer: Response,
): Error {
  const { status, headers } = answer, { host } = new URL(answer.url);
  const own = host === new URL(hub.endpoint).host ||
    headers.has("x-error-code");
  // File hosts know nothing about models; the hub may give a fresh address.
  if (!own || status === 408 || status === 429 || status >= 500) {
    const who = own ? "it" : `"${host}"`;
    return new TransientError(`${who} answers ${status}`, retryAfter(headers));
  }
  return hubError(hub, request, refusal(hub, request, answer));
}

/**
 * The wait that the hub asks for, in milliseconds; a date is ignored. Every
 * response of Hugging Face's hub says how many requests are left, `r`, for how
 * many seconds, `t`: `"resolvers";r=0;t=55`
 * (draft-ietf-httpapi-ratelimit-headers-09).
 */
function retryAfter(headers: Headers): number | undefined {
  const window = /;\s*r=0;\s*t=(\d+)/.exec(headers.get("ratelimit") ?? "");
  // The seconds are whole, so one more is safe.
  if (window) return 1000 * (Number(window[1]) + 1);
  const seconds = Number(headers.get("retry-after") ?? NaN);
  return seconds >= 0 ? 1000 * seconds : undefined;
}

function refusal(
  hub: Hub,
  { id, file }: HubRequest,
  { status, headers }: Response,
): string {
  const code = headers.get("x-error-code");
  const said = (headers.get("x-error-message") ?? "").slice(0, 200)
    .replace(/\.$/, "");
  const answers = `it answers ${status}${said && ` (${said})`}`;
  const folder = `for a folder write "./${id.repo}"`;
  const login = hub.token === undefined
    ? `set HF_TOKEN to a token from ${hub.endpoint}/settings/tokens`
    : "check the token in HF_TOKEN or from your last login";
  if (code === "GatedRepo" || status === 403) {
    return `${answers}: accept the terms of the model at ${hub.endpoint}/${id.repo}, and ${login}`;
  }
  // The token has expired, whatever was requested.
  if (status === 401 && hub.token && /credentials|token/i.test(said)) {
    return `${answers}: ${login}; a public model needs none`;
  }
  if (status === 401) {
    return `it answers 401: there is no such model, or it is not public; check the name, or ${login}; ${folder}`;
  }
  if (status !== 404) return `${answers}; check HF_ENDPOINT`;
  if (code === "RevisionNotFound") {
    return `it answers 404: there is no revision "${id.revision}"; write a branch, a tag or a commit after the @`;
  }
  return file === undefined
    ? `it answers 404: there is no such model; check the name; ${folder}`
    : `it answers 404: there is no such file; ${folder}`;
}
