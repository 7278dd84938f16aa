/**
 * Starts a server on a free port.
 *
 * @module
 */
import { ConfigError } from "../../../core/errors.ts";

/** A server that listens. */
interface Listening {
  /** Where it is found in a browser: `127.0.0.1:8000`. */
  readonly address: string;
  /** The port. */
  readonly port: number;
  /** Resolves when the server has stopped. */
  readonly finished: Promise<void>;
  /** Stops the server. */
  close(): Promise<void>;
}

/** The port that is tried first when none is given. */
const firstPort = 8000;

/** Ports that are tried after it. */
const tries = 100;

/** Whether only programs of this machine can reach `host`. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}

/** Answers a request; `gone` is aborted when the client no longer waits. */
type Handler = (
  request: Request,
  env: { readonly gone: AbortSignal },
) => Response | Promise<Response>;

/** Milliseconds between attempts to listen again. */
const pause = 200;

/**
 * Listens on `port`, or, when none is given, on 8000 or the next free one. When
 * no connection can be accepted, since too many files are open, `onTrouble` is
 * told and the server goes on as soon as it can.
 *
 * @throws {ConfigError} When the port is taken, or the address is not this machine's.
 */
export function listen(
  handler: Handler,
  host: string,
  port?: number,
  onTrouble: (text: string) => void = () => {},
): Listening {
  let server = firstServer(handler, host, port), stopped = false;
  const at = server.addr.port;
  const finished = (async () => {
    for (;;) {
      const failed = await server.finished.then(
        () => undefined,
        (error: unknown) => error,
      );
      if (failed === undefined || stopped) return;
      onTrouble(
        `cannot accept connections now: ${reason(failed)}; goes on when it can`,
      );
      const again = await serveAgain(handler, host, at, () => stopped);
      if (!again) return;
      server = again;
    }
  })();
  return {
    address: `${shownHost(host)}:${at}`,
    port: at,
    finished,
    async close() {
      stopped = true;
      await server.shutdown().catch(() => {});
      await finished;
    },
  };
}

function reason(error: unknown): string {
  return ((error as Error)?.message ?? String(error)).replace(/^Error: /, "");
}

/** Serves on `port` as soon as that is possible; undefined when stopped before. */
async function serveAgain(
  handler: Handler,
  host: string,
  port: number,
  stopped: () => boolean,
): Promise<Server | undefined> {
  while (!stopped()) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    try {
      return serveOn(handler, host, port);
    } catch {
      // Files are still open that need to close first.
    }
  }
  return undefined;
}

type Server = Deno.HttpServer<Deno.NetAddr>;

/** Serves on `port`, or on the first free one. */
function firstServer(
  handler: Handler,
  host: string,
  port: number | undefined,
): Server {
  const last = port ?? firstPort + tries;
  for (let at = port ?? firstPort;; at++) {
    try {
      return serveOn(handler, host, at);
    } catch (error) {
      const isTaken = error instanceof Deno.errors.AddrInUse;
      if (isTaken && at < last) continue;
      throw listenError(error, host, at);
    }
  }
}

function serveOn(handler: Handler, hostname: string, port: number): Server {
  const options = { hostname, port, onListen: () => {} };
  return Deno.serve(options, (request, { completed }) => {
    // The request's own signal is also aborted by an answer that arrives.
    const gone = new AbortController();
    completed.catch(() => gone.abort());
    return handler(request, { gone: gone.signal });
  });
}

function shownHost(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}

function listenError(error: unknown, host: string, port: number): unknown {
  if (error instanceof Deno.errors.AddrInUse) {
    return new ConfigError(
      "port",
      `Cannot listen on port ${port}: it is taken; choose another, or leave --port out to use the next free one`,
      { cause: error },
    );
  }
  if (
    error instanceof Deno.errors.AddrNotAvailable ||
    error instanceof Deno.errors.NotCapable ||
    error instanceof Deno.errors.PermissionDenied
  ) {
    return new ConfigError(
      "host",
      `Cannot listen on "${host}", port ${port}: ${
        error instanceof Deno.errors.AddrNotAvailable
          ? "it is not an address of this machine"
          : "this is not permitted"
      }; write --host=127.0.0.1 for this machine only, or --host=0.0.0.0 for everyone on the network`,
      { cause: error },
    );
  }
  return error;
}
