/**
 * How right the model's own depth is.
 *
 * @module
 */
import {
  findHook,
  type Hook,
  inGroups,
  type Prediction,
  spearman,
} from "../../../../mod.ts";
import { ownDepth } from "../study/cell_targets.ts";
import { encodedPictures } from "../../study/encoded_pictures.ts";
import { readPictures, type StudyPicture } from "../../study/pictures.ts";
import { depthErrors } from "./depth_errors.ts";
import {
  alignedDepth,
  disparityOf,
  inverseOf,
  truthAt,
} from "./found_depth.ts";
import { meanErrors, type PictureErrors } from "./mean_errors.ts";
import { senseResult } from "./result.ts";
import type { PartResult } from "../../study/study.ts";
import type { EncodedPictures } from "../../study/target.ts";
import type { DepthStudy } from "../study/depth_study.ts";

/** Pictures that are encoded at once. */
const together = 8;

/**
 * Measures the model's own depth against the true one on `study.split.test`:
 * errors inside each picture, then their mean over pictures, with the 95 %
 * interval of a bootstrap over clusters. The truth is read at the middle of
 * each place where the model says something. A model of relative depth, and
 * the controls, are scaled and shifted in inverse depth to fit each picture
 * (Ranftl et al., 2020, arXiv:1907.01341), so that only the shape of their
 * depth is measured. Without a true depth, or a model that says depth, there is
 * one sentence that says so.
 */
export async function sense(study: DepthStudy): Promise<PartResult> {
  const { prediction, truth } = study;
  if (!prediction) {
    return notMeasured(
      truth
        ? "this model says none"
        : "this model says none, and this dataset does not know it either",
    );
  }
  if (!truth) return notMeasured("this dataset does not know the true depth");
  const hook = findHook(study.encoder, prediction.hook);
  const mean = await meanByPlace(study, hook);
  const found = await errorsOf(study, { hook, prediction, mean });
  if (found.length === 0) {
    return notMeasured("no picture to measure on has a known depth");
  }
  return senseResult(meanErrors(study, found), found);
}

function notMeasured(why: string): PartResult {
  return {
    metrics: {},
    verdict: [`How right the model's depth is was not measured: ${why}`],
  };
}

/** The mean inverse depth of each place, in units of its picture's mean, over the pictures fitted on. */
async function meanByPlace(
  study: DepthStudy,
  { layout: { grid } }: Hook,
): Promise<Float64Array> {
  const sums = new Float64Array(grid[0] * grid[1]);
  const counts = new Float64Array(sums.length);
  for await (
    const picture of picturesOf(
      study,
      study.split.folds.flatMap((fold) => [...fold]),
    )
  ) {
    const view = study.encoder.view?.(picture.image);
    const disparity = inverseOf(truthAt(picture.maps!.depth!, grid, view));
    const known = disparity.filter((x) => !Number.isNaN(x));
    const unit = known.reduce((sum, x) => sum + x, 0) / known.length;
    disparity.forEach((x, place) => {
      if (Number.isNaN(x)) return;
      sums[place]! += x / unit;
      counts[place]!++;
    });
  }
  return sums.map((sum, place) =>
    counts[place] === 0 ? 1 : sum / counts[place]!
  );
}

/** Those pictures whose depth is known, a few read at a time. */
async function* picturesOf(
  { dataset, signal }: DepthStudy,
  indices: readonly number[],
): AsyncGenerator<StudyPicture> {
  for (const group of inGroups(Uint32Array.from(indices), together)) {
    signal?.throwIfAborted();
    const pictures = await readPictures(dataset, group);
    yield* pictures.filter(({ maps }) => maps?.depth);
  }
}

/** What the errors of a picture are measured with. */
interface Measuring {
  readonly hook: Hook;
  readonly prediction: Prediction;
  /** The mean inverse depth of each place. */
  readonly mean: Float64Array;
}

async function errorsOf(
  study: DepthStudy,
  measuring: Measuring,
): Promise<PictureErrors[]> {
  const { split: { test }, report } = study, found: PictureErrors[] = [];
  const hooks = [measuring.hook.name];
  let done = 0;
  for await (
    const group of encodedPictures(study, inGroups(test, together), { hooks })
  ) {
    done = Math.min(test.length, done + together);
    report?.({ text: "measuring depth", done, total: test.length });
    found.push(
      ...group.pictures.flatMap((_, at) =>
        errorsAt(study, group, at, measuring) ?? []
      ),
    );
  }
  return found;
}

/** The errors of one picture of a group; nothing where its depth is not known. */
function errorsAt(
  { encoder }: DepthStudy,
  { pictures, activations }: EncodedPictures,
  at: number,
  { hook, prediction, mean }: Measuring,
): PictureErrors | undefined {
  const { index, id, image, maps } = pictures[at]!;
  if (!maps?.depth) return undefined;
  const truth = truthAt(maps.depth, hook.layout.grid, encoder.view?.(image));
  const nearness = inverseOf(truth);
  if (nearness.every(Number.isNaN)) return undefined;
  // An alignment may turn a depth round that is the wrong way round: ranks may not.
  const aligned = (x: ArrayLike<number>) => ({
    ...depthErrors(alignedDepth(x, truth), truth),
    // What says no depth ranks in front of everything. A finite number stands
    // for it, since spearman() leaves out what is not finite.
    spearman: spearman(
      Array.from(x, (one) => Number.isFinite(one) ? one : Number.MAX_VALUE),
      nearness,
    ),
  });
  const own = ownDepth(activations[hook.name]!, at, hook, prediction);
  return {
    index,
    id,
    by: {
      model: aligned(disparityOf(own)),
      ...!own.inverse && { as_said: depthErrors(own.values, truth) },
      position: aligned(mean),
      constant: aligned(new Float64Array(truth.length)),
    },
  };
}
