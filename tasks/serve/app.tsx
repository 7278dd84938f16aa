/**
 * The web server: its routes, and its answers when something goes wrong.
 *
 * @module
 */
import { type Context, Hono } from "hono";
import { methodNotAllowed } from "hono/method-not-allowed";
import { apiDocs } from "./api/docs.tsx";
import { apiLatents } from "./api/latents.ts";
import { apiLive } from "./api/live.ts";
import { apiRuns } from "./api/runs.ts";
import type { Routes, ServeContext } from "./context.ts";
import { checkHost, checkOrigin, secureHeaders } from "./http/guard.ts";
import { imagePage } from "./pages/image.tsx";
import { imagesPage } from "./pages/images.tsx";
import { latentPage } from "./pages/latent.tsx";
import { latentsPage } from "./pages/latents.tsx";
import { mapPage } from "./pages/map.tsx";
import { pictureFiles } from "./pages/picture_files.ts";
import { probesPage } from "./pages/probes.tsx";
import { ProblemPage } from "./pages/problem.tsx";
import { runPage } from "./pages/run.tsx";
import { runsPage } from "./pages/runs.tsx";
import { steerPage } from "./pages/steer.tsx";
import { asProblem, Problem } from "./http/problem.ts";

/** Options for {@linkcode createApp}. */
interface AppOptions extends ServeContext {
  /** The address it listens on; loopback when absent. */
  readonly host?: string;
  /** Called with errors that are bugs. */
  readonly onBug?: (error: unknown) => void;
}

/** Every page and endpoint: add yours here, and its tab to `parts/layout.tsx`. */
const routes: readonly Routes[] = [
  runsPage,
  runPage,
  latentsPage,
  latentPage,
  mapPage,
  imagesPage,
  imagePage,
  steerPage,
  probesPage,
  pictureFiles,
  apiRuns,
  apiLatents,
  apiLive,
  apiDocs,
];

/** The web server: `await createApp(options).request("/")` answers as it would over the network. */
export function createApp(options: AppOptions): Hono {
  const app = new Hono(), { files, host = "127.0.0.1", onBug } = options;
  app.use(secureHeaders());
  app.use(checkHost(host));
  app.use(checkOrigin());
  app.use(methodNotAllowed({
    app,
    onMethodNotAllowed: (c, methods) => {
      c.header("Allow", methods.join(", "));
      return show(
        c,
        new Problem(
          405,
          `Cannot answer ${c.req.method} here: this address takes ${
            methods.join(" and ")
          }`,
        ),
      );
    },
  }));
  app.get("/static/:version/:name", (c) => {
    const file = files.get(c.req.param("name"));
    if (!file) throw new Problem(404, "Cannot find this file");
    const isCurrent = c.req.param("version") === files.version;
    return c.body(file.bytes, 200, {
      "Content-Type": file.type,
      "Cache-Control": isCurrent
        ? "public, max-age=31536000, immutable"
        : "no-store",
    });
  });
  for (const route of routes) route(app, options);
  const show = async (c: Context, problem: Problem) => {
    const { message, status } = problem;
    if (c.req.path.startsWith("/api/")) {
      return c.json({ error: message }, status);
    }
    // The other pages of the run may work: the problem's page links to them.
    const name = c.req.param("run");
    const run = name && status !== 403
      ? await options.store.run(name).then(({ name }) => name, () => undefined)
      : undefined;
    return c.html(
      <ProblemPage files={files} problem={problem} run={run} />,
      status,
    );
  };
  app.notFound((c) =>
    show(
      c,
      new Problem(
        404,
        "Cannot find this page: the runs are listed on the first page",
      ),
    )
  );
  app.onError((error, c) => {
    const problem = asProblem(error);
    if (problem.status === 500) onBug?.(error);
    return show(c, problem);
  });
  return app;
}
