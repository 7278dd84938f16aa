/**
 * Reads the body of a request, up to a limit of bytes and of time.
 *
 * @module
 */
import { Problem } from "./problem.ts";

/** How long a client may take, in milliseconds. */
export interface BodyPatience {
  /** Until some bytes arrive. */
  readonly stall: number;
  /** Until all have. */
  readonly whole: number;
}

const usual: BodyPatience = { stall: 15_000, whole: 120_000 };

/**
 * The body of a request, at most `most` bytes.
 *
 * @throws {Problem} When it has more, and then the rest is not read; when it
 * ends early, or takes too long.
 */
export async function readBody(
  request: Request,
  most: number,
  patience: BodyPatience = usual,
): Promise<Uint8Array<ArrayBuffer>> {
  const said = Number(request.headers.get("content-length") ?? 0);
  if (said > most) {
    await request.body?.cancel().catch(() => {});
    throw tooLarge(said, most);
  }
  if (!request.body) return new Uint8Array();
  const reader = request.body.getReader(), chunks: Uint8Array[] = [];
  const end = Date.now() + patience.whole;
  let length = 0;
  try {
    for (;;) {
      const left = Math.min(patience.stall, end - Date.now());
      const { done, value } = await inTime(reader.read(), left);
      if (done) break;
      length += value.length;
      if (length > most) throw tooLarge(length, most);
      chunks.push(value);
    }
  } catch (cause) {
    // Not awaited: a client that sends nothing does not hear of it either.
    reader.cancel().catch(() => {});
    if (cause instanceof Problem) throw cause;
    throw new Problem(400, "Cannot read what was sent: it ended early", {
      cause,
    });
  }
  return joined(chunks, length);
}

function joined(
  chunks: readonly Uint8Array[],
  length: number,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** What `promise` gives, if it does so within `left` milliseconds. */
async function inTime<T>(promise: Promise<T>, left: number): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(tooSlow()), Math.max(left, 0));
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function tooSlow(): Problem {
  return new Problem(
    408,
    "Cannot read what was sent: it did not arrive in time; send it again",
  );
}

function tooLarge(bytes: number, most: number): Problem {
  const mb = (n: number) => `${Math.round(n / 2 ** 20)} MB`;
  return new Problem(
    413,
    `Cannot take ${mb(bytes)}: at most ${
      mb(most)
    } can be sent; make the picture smaller first`,
  );
}
