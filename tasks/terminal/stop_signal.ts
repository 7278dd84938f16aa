// deno-lint-ignore-file no-console
/**
 * Ctrl-C in, a task that ends in good order out.
 *
 * @module
 */

/** What ends a task in good order: Ctrl-C, and what schedulers send (Windows knows only the first). */
const signals: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT"]
  : ["SIGINT", "SIGTERM"];

/** Aborts at the first signal, saying `text`; ends the program at the second. */
export function stopSignal(text: string): Disposable & { signal: AbortSignal } {
  const stop = new AbortController();
  const interrupt = (): void => {
    if (stop.signal.aborted) Deno.exit(130);
    stop.abort();
    console.log(`\n${text}; Ctrl-C again to stop at once`);
  };
  for (const signal of signals) Deno.addSignalListener(signal, interrupt);
  return {
    signal: stop.signal,
    [Symbol.dispose]() {
      for (const signal of signals) {
        Deno.removeSignalListener(signal, interrupt);
      }
    },
  };
}
