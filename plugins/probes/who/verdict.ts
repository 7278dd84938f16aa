/**
 * The verdict on the units that go with a target, in sentences.
 *
 * @module
 */
import { percent, shareDifference } from "../../../mod.ts";
import type { UnitSource, WhoFound } from "./found.ts";
import { passingRule } from "./passing_rule.ts";

/** What was shown and what was not, the headline first. */
export function verdictOf(found: WhoFound): string[] {
  const { trained, q, words: { name, source }, scale } = found;
  const { patches, known } = scale;
  return [
    trained ? headline(trained, found) : withoutDictionary(found),
    `A unit is counted when ${passingRule(q, name)}`,
    ...trained && trained.pass > 0 ? [shapes(trained, found)] : [],
    ...strongest(found),
    ...tooFewPermutations(found),
    source(`${known} patches of ${patches.pictures.length} pictures`),
  ];
}

/** "12 of 128 neurons (9.4 %)" */
function countWords({ pass, count, units, share }: UnitSource): string {
  return `${pass} of ${count} ${units} (${percent(share.value)})`;
}

function headline(
  trained: UnitSource,
  { controls, words }: WhoFound,
): string {
  const { pass, count, share: { low, high } } = trained;
  const goes = `go with ${words.name} beyond`;
  if (pass === 0) {
    return `No latent of ${count} was shown to ${goes} its place in the picture; of the controls ${
      listed(controls.map(countWords))
    } do`;
  }
  const beaten: string[] = [], others: string[] = [];
  for (const control of controls) {
    const difference = shareDifference(trained.share, control.share);
    const [from, to] = [percent(difference.low), percent(difference.high)];
    const own = countWords(control);
    if (difference.low > 0) beaten.push(own);
    else others.push(`${own}, difference ${from} to ${to}`);
  }
  const compared = [
    ...beaten.length > 0 ? [`a larger share than of ${listed(beaten)}`] : [],
    ...others.length > 0
      ? [`not shown to be a larger share than of ${listed(others)}`]
      : [],
  ];
  return `${countWords(trained)}, 95 % interval ${percent(low)} to ${
    percent(high)
  }, ${goes} their place in the picture: ${compared.join("; ")}`;
}

/** "a, b and c" */
function listed(words: readonly string[]): string {
  return words.length < 2
    ? words.join()
    : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

function withoutDictionary(
  { sources, words }: WhoFound,
): string {
  return `${
    listed(sources.map(countWords))
  } go with ${words.name} beyond their place in the picture; nothing was trained here, so that nothing is said of latents`;
}

function shapes(
  { ofClass: [none, small, large, band] }: UnitSource,
  { words }: WhoFound,
): string {
  return `Of the latents that pass ${small} fire more the ${
    words.small[1]
  } a patch is, ${large} the ${
    words.large[1]
  }, ${band} most at a ${words.name} between, and ${none} in no such way; that they go with ${words.name} says nothing of whether the model uses them`;
}

/** How strongly the best unit of each source goes with the target: a count does not say. */
function strongest(
  { sources, words }: WhoFound,
): string[] {
  const some = sources.filter(({ pass }) => pass > 0);
  if (some.length === 0) return [];
  const each = some.map(({ best, units }) =>
    `${best.toFixed(2)} among ${units}`
  );
  return [
    `Of what the place leaves unexplained of a unit's activation ${words.name} explains, at most, ${
      listed(each)
    }`,
  ];
}

/** With few permutations no p-value is small enough for one unit among many. */
function tooFewPermutations(
  { sources, permutations, q }: WhoFound,
): string[] {
  const tests = q * (permutations + 1);
  const stuck = sources.filter(({ pass, tested }) =>
    pass === 0 && tested >= tests
  );
  if (stuck.length === 0) return [];
  const most = Math.max(...stuck.map(({ tested }) => tested));
  return [
    `${permutations} permutations are too few for fewer than ${
      Math.floor(most / tests) + 1
    } of ${most} units to pass: write a larger number for permutations`,
  ];
}
