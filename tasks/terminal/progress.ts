// deno-lint-ignore-file no-console
/**
 * Progress of long work: a bar on a terminal, plain lines elsewhere.
 *
 * @module
 */
// @ts-types="npm:@types/cli-progress@^3.11.6"
import { SingleBar } from "cli-progress";

/** Shows how far some work is. */
export interface Progress {
  /** Shows that `done` of `total` is done, in any unit, with the text `known` beside it. */
  update(done: number, total: number, known: string): void;
  /** Writes a line above the bar. */
  line(text: string): void;
  /** Ends the bar, if there is one. */
  stop(): void;
}

/** Seconds between two plain lines. */
const plainEvery = 5;

/** Progress as a bar on a terminal, or as a line every few seconds elsewhere. */
export function makeProgress(terminal = Deno.stdout.isTerminal()): Progress {
  return terminal ? bar() : lines();
}

function bar(): Progress {
  const bar = new SingleBar({
    format: "{bar} {percentage}% {known}",
    barsize: 20,
    barCompleteChar: "█",
    barIncompleteChar: "░",
    hideCursor: true,
    clearOnComplete: false,
    gracefulExit: false,
    linewrap: false,
  });
  let started = false;
  return {
    update(done, total, known) {
      if (!started) bar.start(total, done, { known });
      started = true;
      bar.setTotal(total);
      bar.update(done, { known });
    },
    line(text) {
      // The text takes the bar's line; the next update draws the bar below it.
      if (started) console.log(`\r\x1b[K${text}`);
      else console.log(text);
    },
    stop: () => {
      if (started) bar.stop();
      started = false;
    },
  };
}

function lines(): Progress {
  let shown = -Infinity;
  return {
    update(done, total, known) {
      const now = performance.now() / 1000;
      if (now - shown < plainEvery && done < total) return;
      shown = now;
      console.log(`${Math.floor(100 * done / total)}% ${known}`);
    },
    line: (text) => console.log(text),
    stop: () => {},
  };
}
