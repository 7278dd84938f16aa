/**
 * Shows what happens while a run trains.
 *
 * @module
 */
import type { OpenRun } from "../../core/train/open_run.ts";
import type { TrainEvent } from "../../core/train/training_session.ts";
import type { Progress } from "../terminal/progress.ts";
import { short } from "../terminal/numbers.ts";
import { stepLine } from "./report.ts";

/** Shows the events of a training that begins at step `from`. */
export function eventReporter(
  { optimiser, config }: OpenRun,
  progress: Progress,
  from: number,
): (event: TrainEvent) => void {
  const { steps } = optimiser, { batch } = config.buffer;
  let since: number | undefined;
  return (event) => {
    switch (event.kind) {
      case "filling":
        return progress.update(
          0,
          steps * batch,
          `filling the buffer: ${short(event.tokens)} of ${
            short(event.of)
          } tokens`,
        );
      case "step": {
        since ??= performance.now();
        const seconds = (performance.now() - since) / 1000;
        // The first step starts the clock: it is not counted.
        const taken = event.step - from - 1;
        const perSecond = taken * batch / seconds;
        const left = (steps - event.step) * batch / perSecond;
        return progress.update(
          event.step * batch,
          steps * batch,
          stepLine({ ...event, tokens: event.step * batch, perSecond, left }),
        );
      }
      case "skipped":
        return progress.line(`skipped ${event.id}: ${event.why}`);
      case "measuring":
        progress.stop();
        return progress.line("measuring on pictures not trained on");
      case "saved":
        return;
    }
  };
}
