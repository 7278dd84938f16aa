/**
 * The state of a run.
 *
 * @module
 */
import type { JSX } from "hono/jsx/jsx-runtime";
import type { Run, RunState as State } from "../runs/run_store.ts";

const stateWords: Readonly<Record<State, string>> = {
  trained: "Measured on pictures that were not trained on",
  training: "Its log has grown within the last few minutes",
  stopped: "It was not finished: continue with deno task train --resume",
  unreadable: "Its settings cannot be read",
};

/** The state of a run, as a word in a box. */
export function RunState({ run }: { run: Run }): JSX.Element {
  const isPlain = run.state === "trained" && !run.indexed;
  return (
    <span
      class={`state ${run.state}`}
      title={isPlain
        ? "It has no index: deno task index"
        : stateWords[run.state]}
    >
      {isPlain ? "not indexed" : run.state}
    </span>
  );
}
