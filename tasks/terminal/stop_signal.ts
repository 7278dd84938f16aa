// deno-lint-ignore-file no-console
/**
 * Lets Ctrl-C end a task in good order.
 *
 * @module
 */

/** Signals that ask a task to end: Ctrl-C, and what schedulers send (Windows has only the first). */
export const stopSignals: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT"]
  : ["SIGINT", "SIGTERM"];

/** Aborts at the first signal and says `text`; ends the program at the second. */
export function stopSignal(text: string): Disposable & { signal: AbortSignal } {
  const stop = new AbortController();
  const interrupt = (): void => {
    if (stop.signal.aborted) Deno.exit(130);
    stop.abort();
    console.log(`\n${text}; Ctrl-C again to stop at once`);
  };
  for (const signal of stopSignals) Deno.addSignalListener(signal, interrupt);
  return {
    signal: stop.signal,
    [Symbol.dispose]() {
      for (const signal of stopSignals) {
        Deno.removeSignalListener(signal, interrupt);
      }
    },
  };
}
