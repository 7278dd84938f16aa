/**
 * The trainer that a run starts with.
 *
 * @module
 */
import { ConfigError } from "../errors.ts";
import { randomFrom } from "../random.ts";
import type { HostTensor } from "../tensor.ts";
import { activationScale, scaleInPlace } from "./activation_scale.ts";
import { fitInitialNorm } from "./fit_initial_norm.ts";
import { randomStreams } from "./random_streams.ts";
import { makeTrainer, type Trainer } from "./trainer.ts";
import type { Session } from "./training_session.ts";

/**
 * Samples the full buffer to choose the scale, which the session keeps, and to
 * initialise the parameters.
 *
 * @throws {ConfigError} When all tokens of the sample are equal.
 */
export async function freshTrainer(session: Session): Promise<Trainer> {
  const { run, buffer } = session, { config, engine, sparsifier } = run;
  const rows = Math.min(config.train.sample, buffer.size);
  const { sample: sampleStream, init: initStream } = randomStreams;
  const sample = buffer.peek(rows, randomFrom(config.seed, sampleStream));
  session.scale = config.train.normalize ? scaleOf(sample) : 1;
  scaleInPlace(sample.data, session.scale);
  const fresh = sparsifier.init({
    dModel: run.hook.width,
    sample,
    random: randomFrom(config.seed, initStream),
  });
  const params = await fitInitialNorm(engine, sparsifier, fresh, sample);
  return makeTrainer(engine, sparsifier, params, run.optimiser);
}

/** The scale of the sample; a sample without one is the fault of the settings. */
function scaleOf(sample: HostTensor): number {
  try {
    return activationScale(sample);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new ConfigError("hook", cause.message, { cause });
  }
}
