/**
 * The frame of every page.
 *
 * @module
 */
import { raw } from "hono/html";
import type { JSX } from "hono/jsx/jsx-runtime";
import type { Word } from "../glossary.ts";
import type { StaticFiles } from "../http/static_files.ts";
import {
  apiUrl,
  imagesUrl,
  latentsUrl,
  mapUrl,
  probesUrl,
  runsUrl,
  runUrl,
  steerUrl,
} from "../urls.ts";
import { Meanings } from "./term.tsx";

/** The pages of a run and their addresses, in the order of its tabs. */
const runTabs = {
  Overview: runUrl,
  Latents: latentsUrl,
  Map: mapUrl,
  Images: imagesUrl,
  Steer: steerUrl,
  Probes: probesUrl,
} as const;

/** What the frame needs to know of a page. */
interface LayoutProps {
  /** Style sheet and modules. */
  files: StaticFiles;
  /** Its title. */
  title: string;
  /** Names of the modules that it loads. */
  scripts?: readonly string[];
  /** The run that it belongs to. */
  run?: string;
  /** Its tab among those of the run. */
  tab?: keyof typeof runTabs;
  /** Words that it uses besides those of all pages. */
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
              <a class="brand" href={runsUrl}>
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
                <a href={apiUrl}>API</a>
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
      {Object.entries(runTabs).map(([name, url]) => (
        <a
          href={url(run)}
          aria-current={name === tab ? "page" : undefined}
        >
          {name}
        </a>
      ))}
    </nav>
  );
}
