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

/**
 * Listens on `port`, or, when none is given, on 8000 or the next free one.
 * `gone` is aborted when the client no longer waits for the answer.
 *
 * @throws {ConfigError} When the port is taken, or the address is not this machine's.
 */
export function listen(
  handler: (
    request: Request,
    env: { readonly gone: AbortSignal },
  ) => Response | Promise<Response>,
  host: string,
  port?: number,
): Listening {
  const last = port ?? firstPort + tries;
  for (let at = port ?? firstPort;; at++) {
    try {
      const server = Deno.serve(
        { hostname: host, port: at, onListen: () => {} },
        (request, { completed }) => {
          // The request's own signal is also aborted by an answer that arrives.
          const gone = new AbortController();
          completed.catch(() => gone.abort());
          return handler(request, { gone: gone.signal });
        },
      );
      const { port } = server.addr;
      return {
        address: `${shownHost(host)}:${port}`,
        port,
        finished: server.finished,
        close: () => server.shutdown(),
      };
    } catch (error) {
      const isTaken = error instanceof Deno.errors.AddrInUse;
      if (isTaken && at < last) continue;
      throw listenError(error, host, at);
    }
  }
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
