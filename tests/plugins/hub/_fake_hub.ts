/**
 * A local hub that responds as Hugging Face's does, and fails as told.
 *
 * @module
 */
import { createHash } from "node:crypto";

/** A request that was received. */
export interface Seen {
  /** Which of the two servers received it. */
  readonly at: "hub" | "cdn";
  /** `GET`, `HEAD` … */
  readonly method: string;
  /** Its path. */
  readonly path: string;
  /** The range of bytes it asked for. */
  readonly range: string | null;
  /** The token it carried. */
  readonly token: string | null;
}

/** What a fake hub holds, and how it fails. */
export interface FakeHubOptions {
  /** Files by name. */
  readonly files: Readonly<Record<string, Uint8Array | string>>;
  /** The model's card. */
  readonly card?: unknown;
  /** Bytes after which the CDN's next responses break off. */
  readonly breaks?: number[];
  /** Whether its CDN always sends whole files. */
  readonly wholeOnly?: boolean;
  /** Responds instead of a server. */
  readonly intercept?: (
    request: Request,
    seen: Seen,
  ) => Response | undefined | Promise<Response | undefined>;
  /** Changes the bytes that the CDN sends. */
  readonly spoil?: (bytes: Uint8Array) => Uint8Array;
}

/** A running hub. */
export interface FakeHub {
  /** Its address. */
  readonly endpoint: string;
  /** The requests so far. */
  readonly seen: Seen[];
  /** The ranges of the weights that the CDN was asked for. */
  ranges(): (string | null)[];
  /** Ends it. */
  stop(): Promise<void>;
}

/** The model that a fake hub has. */
export const repo = "ada/tiny.ViT_1";

/** Its only commit. */
export const commit = "0123456789abcdef0123456789abcdef01234567";

/** Starts a hub and the host that it redirects to. */
export function fakeHub(options: FakeHubOptions): FakeHub {
  const seen: Seen[] = [];
  const serve = (
    at: Seen["at"],
    answer: (path: string, request: Request) => Response,
  ) =>
    Deno.serve({ port: 0, onListen() {} }, async (request) => {
      const { method, url, headers } = request;
      const path = decodeURIComponent(new URL(url).pathname);
      const range = headers.get("range");
      const token = headers.get("authorization");
      const one: Seen = { at, method, path, range, token };
      seen.push(one);
      const other = await options.intercept?.(request, one);
      const response = other ?? answer(path, request);
      return method === "HEAD"
        ? new Response(null, {
          status: response.status,
          headers: response.headers,
        })
        : response;
    });
  const cdn = serve("cdn", (path, request) => sendFile(path, request, options));
  const cdnAddress = `http://127.0.0.1:${cdn.addr.port}`;
  const hub = serve("hub", (path) => hubAnswer(path, cdnAddress, options));
  return {
    endpoint: `http://127.0.0.1:${hub.addr.port}`,
    seen,
    ranges: () =>
      seen.filter(({ at, method }) => at === "cdn" && method === "GET")
        .map(({ range }) => range),
    stop: async () => {
      await Promise.all([hub.shutdown(), cdn.shutdown()]);
    },
  };
}

function bytesOf(content: Uint8Array | string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(
    typeof content === "string" ? new TextEncoder().encode(content) : content,
  );
}

function hubAnswer(
  path: string,
  cdn: string,
  { files, card }: FakeHubOptions,
): Response {
  const api = `/api/models/${repo}/revision/`, resolve = `/${repo}/resolve/`;
  const cached = `/api/resolve-cache/${repo}/`;
  const known = ["main", "v1", "refs/pr/1", commit];
  if (path.startsWith(api)) {
    if (!known.includes(path.slice(api.length))) {
      return refuse(404, "RevisionNotFound");
    }
    return Response.json({
      id: repo,
      sha: commit,
      siblings: Object.keys(files).map((rfilename) => ({ rfilename })),
      ...card !== undefined && { cardData: card },
    });
  }
  if (path.startsWith(resolve)) {
    const [revision, file] = path.slice(resolve.length).split("/");
    if (!known.includes(revision!)) return refuse(404, "RevisionNotFound");
    if (!(file! in files)) return refuse(404, "EntryNotFound");
    const bytes = bytesOf(files[file!]!);
    const common = { "x-repo-commit": commit, "accept-ranges": "bytes" };
    return file!.endsWith(".json")
      ? new Response(null, {
        status: 307,
        headers: { ...common, location: `${cached}${commit}/${file}` },
      })
      : new Response("Found. Redirecting", {
        status: 302,
        headers: {
          ...common,
          "x-linked-etag": `"${sha256(bytes)}"`,
          "x-linked-size": `${bytes.length}`,
          location: `${cdn}/${file}?signature=1`,
        },
      });
  }
  if (path.startsWith(cached)) {
    const bytes = bytesOf(files[path.split("/").at(-1)!]!);
    return new Response(bytes, {
      headers: {
        "content-length": `${bytes.length}`,
        etag: `W/"${gitHash(bytes)}"`,
        "x-repo-commit": commit,
      },
    });
  }
  return refuse(401, "RepoNotFound");
}

/** A hub's refusal. */
export function refuse(status: number, code: string): Response {
  return new Response("no", { status, headers: { "x-error-code": code } });
}

function sendFile(
  path: string,
  request: Request,
  { files, breaks, wholeOnly, spoil }: FakeHubOptions,
): Response {
  const whole = bytesOf(files[path.slice(1)]!);
  const bytes = bytesOf(spoil?.(whole) ?? whole);
  const range = /^bytes=(\d+)-$/.exec(request.headers.get("range") ?? "");
  const start = range && !wholeOnly ? Number(range[1]) : 0;
  const headers: Record<string, string> = { etag: '"another"' };
  if (range && start >= bytes.length) {
    headers["content-range"] = `bytes */${bytes.length}`;
    return new Response("no", { status: 416, headers });
  }
  if (range && !wholeOnly) {
    headers["content-range"] = `bytes ${start}-${
      bytes.length - 1
    }/${bytes.length}`;
  }
  const status = range && !wholeOnly ? 206 : 200;
  headers["content-length"] = `${bytes.length - start}`;
  const end = breaks?.shift();
  const body = end === undefined
    ? bytes.subarray(start)
    : breaking(bytes.subarray(start, start + end));
  return new Response(body, { status, headers });
}

/** A body that breaks off, as when a cable is pulled. */
function breaking(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async start(controller) {
      if (bytes.length > 0) controller.enqueue(bytes);
      // What was sent must arrive first.
      await new Promise((done) => setTimeout(done, 30));
      controller.close();
    },
  });
}

/** SHA-256, in hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The git blob hash of these bytes. */
export function gitHash(bytes: Uint8Array): string {
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes)
    .digest("hex");
}
