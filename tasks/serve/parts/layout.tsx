/**
 * What every page has around it.
 *
 * @module
 */
import { raw } from "hono/html";
import type { JSX } from "hono/jsx/jsx-runtime";
import type { Word } from "./glossary.ts";
import type { StaticFiles } from "../http/static_files.ts";
import { runTabs } from "./run_tabs.ts";
import { Meanings } from "./term.tsx";

/** What a page says of itself. */
export interface LayoutProps {
  /** Style sheet and modules. */
  files: StaticFiles;
  /** Its title. */
  title: string;
  /** Modules that it loads, by name. */
  scripts?: readonly string[];
  /** The run it is of. */
  run?: string;
  /** Which of the run's tabs it is. */
  tab?: string;
  /** Words that it uses beside those of all pages. */
  words?: Readonly<Record<string, Word>>;
  /** Its content. */
  children?: unknown;
}

/** A whole page. */
export function Layout(
  { files, title, scripts = [], run, tab, words = {}, children }: LayoutProps,
): JSX.Element {
  return (
    <>
      {raw("<!DOCTYPE html>")}
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>{`${title} · Tessera`}</title>
          <link rel="icon" href={files.url("icon.svg")} type="image/svg+xml" />
          <link rel="stylesheet" href={files.url("style.css")} />
          <script src={files.url("theme.js")}></script>
          {scripts.map((name) => (
            <script type="module" src={files.url(name)}></script>
          ))}
        </head>
        <body>
          <a class="skip" href="#main">Skip to the content</a>
          <header class="top">
            <div class="top-inner">
              <a class="brand" href="/">
                <img
                  src={files.url("icon.svg")}
                  alt=""
                  width="24"
                  height="24"
                />
                Tessera
              </a>
              {run !== undefined && <RunNav run={run} tab={tab} />}
              <div class="top-end">
                <a href="/api">API</a>
                <button type="button" class="theme" data-theme-toggle hidden>
                  Theme
                </button>
              </div>
            </div>
          </header>
          <main id="main">{children}</main>
          <Meanings more={words} />
        </body>
      </html>
    </>
  );
}

function RunNav(
  { run, tab }: { run: string; tab?: string | undefined },
): JSX.Element {
  return (
    <nav class="tabs" aria-label={`Run ${run}`}>
      <span class="run-name" title={run}>{run}</span>
      {runTabs.map(({ name, path }) => (
        <a
          href={`${runUrl(run)}${path}`}
          aria-current={name === tab ? "page" : undefined}
        >
          {name}
        </a>
      ))}
    </nav>
  );
}

/** The address of a run's pages. */
export function runUrl(run: string): string {
  return `/runs/${encodeURIComponent(run)}`;
}
