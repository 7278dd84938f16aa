/**
 * Sends a request to a hub, follows redirects, and gives up on silence.
 *
 * @module
 */
import type { Hub, HubRequest } from "./hub.ts";
import { hubError, requestError, TransientError } from "./hub_errors.ts";

/** The most redirects in a row, as in browsers. */
const maxRedirects = 20;

/**
 * Sends `request` once and returns what `use` makes of the response and its
 * body. The token is sent to the hub only, never to a host it redirects to.
 *
 * @throws {TransientError} When the connection breaks, nothing arrives for
 * `hub.idle` milliseconds, or the hub is busy.
 * @throws {ConfigError} When the hub refuses, or this program may not reach a
 * host.
 */
export async function askHub<T>(
  hub: Hub,
  request: HubRequest,
  use: (answer: Response, body: AsyncIterable<Uint8Array>) => Promise<T> | T,
): Promise<T> {
  const silence = silenceOf(hub.idle);
  let answer: Response | undefined;
  try {
    answer = await follow(hub, request, silence);
    if (!answer.ok && !request.wanted?.(answer)) {
      throw requestError(hub, request, answer);
    }
    return await use(answer, bytesOf(answer, silence));
  } finally {
    silence.end();
    await answer?.body?.cancel().catch(() => {});
  }
}

async function follow(
  hub: Hub,
  request: HubRequest,
  silence: Silence,
): Promise<Response> {
  let url = new URL(request.url);
  for (let hop = 0; hop <= maxRedirects; hop++) {
    const answer = await send(hub, url, request, silence);
    const next = answer.headers.get("location");
    const redirects = [301, 302, 303, 307, 308].includes(answer.status);
    if (!redirects || next === null || request.wanted?.(answer)) return answer;
    await answer.body?.cancel();
    url = new URL(next, url);
  }
  throw hubError(
    hub,
    request,
    `it redirects more than ${maxRedirects} times; check HF_ENDPOINT`,
  );
}

async function send(
  hub: Hub,
  url: URL,
  request: HubRequest,
  silence: Silence,
): Promise<Response> {
  // Redirects are followed by hand: the hub describes the file in its own
  // response, and the token must not reach another host.
  const own = url.origin === new URL(hub.endpoint).origin && hub.token
    ? { authorization: `Bearer ${hub.token}` }
    : {};
  try {
    return await fetch(url, {
      method: request.method ?? "GET",
      redirect: "manual",
      signal: silence.signal,
      // A compressed file would not have the length that the hub announces.
      headers: { "accept-encoding": "identity", ...request.headers, ...own },
    });
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotCapable)) throw broken(cause);
    const why =
      `this program may not reach "${url.host}"; run it with --allow-net=${url.host}, or give the folder of a model`;
    throw hubError(hub, request, why, { cause });
  } finally {
    silence.heard();
  }
}

async function* bytesOf(
  { body }: Response,
  silence: Silence,
): AsyncGenerator<Uint8Array> {
  if (body === null) return;
  const reader = body.getReader();
  try {
    while (true) {
      const { done, value } = await reader.read().catch((cause) => {
        throw broken(cause);
      });
      if (done) return;
      yield value;
      // Time spent using the bytes is not silence.
      silence.heard();
    }
  } finally {
    reader.releaseLock();
  }
}

function broken(cause: unknown): TransientError {
  if (cause instanceof TransientError) return cause;
  const { message, cause: inner } = cause as Error;
  const text = inner instanceof Error ? inner.message : message;
  return new TransientError(text, undefined, { cause });
}

/** Aborts a request when nothing has arrived for a while. */
interface Silence {
  readonly signal: AbortSignal;
  heard(): void;
  end(): void;
}

function silenceOf(milliseconds: number): Silence {
  const controller = new AbortController();
  const end = () => clearTimeout(timer);
  const start = () =>
    setTimeout(() => {
      const why = `nothing came for ${milliseconds / 1000} seconds`;
      controller.abort(new TransientError(why));
    }, milliseconds);
  let timer = start();
  const heard = () => {
    end();
    timer = start();
  };
  return { signal: controller.signal, heard, end };
}
