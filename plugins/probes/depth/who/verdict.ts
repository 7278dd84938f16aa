/**
 * What the part "who" measured in, sentences on it out.
 *
 * @module
 */
import { passingRule } from "./significance.ts";
import { shareDifference } from "../../../../mod.ts";
import {
  passCount,
  passShare,
  testedCount,
  type UnitSource,
  type WhoFound,
} from "./found.ts";

/** What was shown and what was not, the headline first. */
export function whoVerdict(found: WhoFound): string[] {
  const trained = found.sources.find(({ name }) => name === "trained");
  return [
    trained ? headline(trained, found) : withoutDictionary(found),
    `A unit is counted when ${passingRule(found.q)}`,
    ...trained ? shapes(trained) : [],
    ...strongest(found),
    ...tooFewPermutations(found),
    targetWords(found),
  ];
}

/** "12 of 128 neurons (9.4 %)" */
function countWords(source: UnitSource): string {
  const of = source.passes.length;
  return `${passCount(source)} of ${of} ${source.units} (${
    percent(passShare(source).value)
  })`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function headline(trained: UnitSource, { sources }: WhoFound): string {
  const controls = sources.filter((source) => source !== trained);
  if (passCount(trained) === 0) {
    return `No latent of ${trained.passes.length} was shown to go with depth beyond its place in the picture; of the controls ${
      listed(controls.map(countWords))
    } do`;
  }
  const beaten = controls.filter((control) => exceeds(trained, control));
  const others = controls.filter((control) => !beaten.includes(control));
  const { low, high } = passShare(trained);
  const compared = [
    ...beaten.length > 0
      ? [`a larger share than of ${listed(beaten.map(countWords))}`]
      : [],
    ...others.length > 0
      ? [
        `not shown to be a larger share than of ${
          listed(
            others.map((each) => `${countWords(each)}, ${by(trained, each)}`),
          )
        }`,
      ]
      : [],
  ];
  return `${countWords(trained)}, 95 % interval ${percent(low)} to ${
    percent(high)
  }, go with depth beyond their place in the picture: ${compared.join("; ")}`;
}

/** "a, b and c" */
function listed(words: readonly string[]): string {
  return words.length < 2
    ? words.join()
    : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** Whether a larger share of `a` passes than of `b`, as far as their numbers can tell. */
function exceeds(a: UnitSource, b: UnitSource): boolean {
  return shareDifference(passShare(a), passShare(b)).low > 0;
}

function by(a: UnitSource, b: UnitSource): string {
  const { low, high } = shareDifference(passShare(a), passShare(b));
  return `difference ${percent(low)} to ${percent(high)}`;
}

function withoutDictionary({ sources }: WhoFound): string {
  return `${
    listed(sources.map(countWords))
  } go with depth beyond their place in the picture; nothing was trained here, so that nothing is said of latents`;
}

function shapes({ passes, tuning: { curveClass } }: UnitSource): string[] {
  const count = [0, 0, 0, 0];
  passes.forEach((one, unit) => {
    if (one) count[curveClass[unit]!]!++;
  });
  const [none, near, far, band] = count;
  if (none! + near! + far! + band! === 0) return [];
  return [
    `Of the latents that pass ${near} fire more the nearer a patch is, ${far} the farther, ${band} most at a depth between, and ${none} in no such way; that they go with depth says nothing of whether the model uses them`,
  ];
}

/** How strongly the best unit of each source goes with depth: a count does not say. */
function strongest({ sources }: WhoFound): string[] {
  const some = sources.filter((source) => passCount(source) > 0);
  if (some.length === 0) return [];
  const each = some.map(({ units, passes, tuning: { partialEta2 } }) =>
    `${
      Math.max(...partialEta2.filter((_, unit) => passes[unit])).toFixed(2)
    } among ${units}`
  );
  return [
    `Of what the place leaves unexplained of a unit's activation depth explains, at most, ${
      listed(each)
    }`,
  ];
}

/** With few permutations no p-value is small enough for one unit among many. */
function tooFewPermutations(
  { sources, permutations, q }: WhoFound,
): string[] {
  const stuck = sources.filter((source) =>
    passCount(source) === 0 && testedCount(source) >= q * (permutations + 1)
  );
  if (stuck.length === 0) return [];
  const most = Math.max(...stuck.map(testedCount));
  return [
    `${permutations} permutations are too few for fewer than ${
      Math.floor(most / (q * (permutations + 1))) + 1
    } of ${most} units to pass: write a larger number for permutations`,
  ];
}

function targetWords({ scale: { patches, known } }: WhoFound): string {
  const of = `${known} patches of ${patches.pictures.length} pictures`;
  return patches.name === "truth_log_depth"
    ? `Depth is the true depth of ${of}`
    : `Depth is the model's own prediction on ${of}, as the dataset knows no true depth: what goes with it goes with what the model says, right or wrong`;
}
