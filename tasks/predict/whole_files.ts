/**
 * What Ctrl-C ends: the task, but not in the middle of a file.
 *
 * @module
 */

/** What ends a task in good order: Ctrl-C, and what schedulers send (Windows knows only the first). */
const signals: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT"]
  : ["SIGINT", "SIGTERM"];

/** Files that are written whole, though the task may be told to end at any time. */
export interface WholeFiles extends Disposable {
  /** Runs `body`, which writes a file: who asks for the end meanwhile waits for it. */
  write(body: () => Promise<void>): Promise<void>;
}

/** From now until it is disposed of, Ctrl-C ends the process with status 130 at once, or after the file that is being written. */
export function wholeFiles(): WholeFiles {
  let writing = false, asked = false;
  const end = (): void => {
    if (!writing) Deno.exit(130);
    asked = true;
  };
  for (const signal of signals) Deno.addSignalListener(signal, end);
  return {
    async write(body) {
      writing = true;
      try {
        await body();
      } finally {
        writing = false;
      }
      if (asked) Deno.exit(130);
    },
    [Symbol.dispose]() {
      for (const signal of signals) Deno.removeSignalListener(signal, end);
    },
  };
}
