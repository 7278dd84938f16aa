/**
 * Keeps Ctrl-C from ending a task in the middle of a file.
 *
 * @module
 */
import { stopSignals } from "../terminal/stop_signal.ts";

/** Files that are written whole, even when the task is told to end meanwhile. */
export interface WholeFiles extends Disposable {
  /** Runs `body`, which writes a file; a signal to end waits until it is done. */
  write(body: () => Promise<void>): Promise<void>;
}

/**
 * Until it is disposed of, Ctrl-C ends the process with status 130: at once, or
 * after the file that is being written.
 */
export function wholeFiles(): WholeFiles {
  let writing = false, asked = false;
  const end = (): void => {
    if (!writing) Deno.exit(130);
    asked = true;
  };
  for (const signal of stopSignals) Deno.addSignalListener(signal, end);
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
      for (const signal of stopSignals) Deno.removeSignalListener(signal, end);
    },
  };
}
