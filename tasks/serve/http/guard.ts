/**
 * Keeps requests of other sites and other machines out.
 *
 * @module
 */
import type { MiddlewareHandler } from "hono";
import { Problem } from "./problem.ts";

/** Headers of every answer: nothing is loaded from elsewhere, nothing runs that is not a file of this server. */
const headers: Readonly<Record<string, string>> = {
  "Content-Security-Policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cross-Origin-Opener-Policy": "same-origin",
};

/** Adds the headers to every answer. */
export function secureHeaders(): MiddlewareHandler {
  return async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(headers)) {
      // A figure has a stricter policy of its own.
      if (!c.res.headers.has(name)) c.header(name, value);
    }
  };
}

/** Whether a host is a numeric address: nobody else can make that point here. */
const isAddress = (name: string): boolean =>
  /^\d{1,3}(\.\d{1,3}){3}$/.test(name) || /^\[[\da-f:.]+\]$/i.test(name);

/**
 * Refuses a request that was sent to a name other than this machine's: a page
 * elsewhere can make its own name point here (DNS rebinding) and would then
 * read the answers. `host` is what the server listens on; where that is every
 * address, any numeric address is allowed, but no name.
 */
export function checkHost(host: string): MiddlewareHandler {
  const isOpen = host === "0.0.0.0" || host === "::";
  const own = host.includes(":") ? `[${host}]` : host.toLowerCase();
  const allowed = new Set(["localhost", "127.0.0.1", "[::1]", own]);
  return async (c, next) => {
    const given = c.req.header("host") ?? new URL(c.req.url).host;
    const name = given.replace(/:\d*$/, "").toLowerCase();
    const isOwn = allowed.has(name) || isOpen && isAddress(name);
    // `localhost:99999` cannot be parsed as an address.
    if (!isOwn || !URL.canParse(`http://${given}`)) {
      throw new Problem(
        403,
        `Cannot answer a request for "${
          given.slice(0, 80)
        }": open this server as localhost, 127.0.0.1 or the address it was started with`,
      );
    }
    await next();
  };
}

/** Refuses to change or compute anything for a page of another site; a link from there may be followed. */
export function checkOrigin(): MiddlewareHandler {
  return async (c, next) => {
    const { host, origin, ...of } = c.req.header();
    // Browsers send Sec-Fetch-Site to this machine and over HTTPS only; elsewhere the origin must do.
    const isElsewhere = origin !== undefined && origin !== `http://${host}`;
    const site = of["sec-fetch-site"] ?? (isElsewhere ? "cross-site" : "none");
    const isLink = c.req.method === "GET" &&
      of["sec-fetch-dest"] === "document";
    if (!isLink && site !== "same-origin" && site !== "none") {
      throw new Problem(403, "Cannot answer a request from another site");
    }
    await next();
  };
}
