/**
 * The page that says why another cannot be shown.
 *
 * @module
 */
import type { JSX } from "hono/jsx/jsx-runtime";
import { Layout } from "../parts/layout.tsx";
import type { Problem } from "../http/problem.ts";
import type { StaticFiles } from "../http/static_files.ts";
import { runsUrl } from "../urls.ts";

const titles: Readonly<Record<number, string>> = {
  400: "Not understood",
  403: "Refused",
  404: "Not found",
  500: "Internal error",
};

/** What went wrong, and where to go. */
export function ProblemPage(
  { files, problem, run }: {
    files: StaticFiles;
    problem: Problem;
    /** The run that was asked for, where there is one. */
    run?: string | undefined;
  },
): JSX.Element {
  const title = titles[problem.status] ?? "Cannot be shown";
  return (
    <Layout files={files} title={title} {...run !== undefined && { run }}>
      <section class="problem">
        <p class="status">{problem.status}</p>
        <h1>{title}</h1>
        <p>{problem.message}.</p>
        <p>
          <a class="button" href={runsUrl}>All runs</a>
        </p>
      </section>
    </Layout>
  );
}
