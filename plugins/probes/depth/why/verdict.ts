/**
 * What the edits show and what they do not, a sentence each.
 *
 * @module
 */
import {
  digits,
  type Estimate,
  estimateWords as wordsOf,
  isAboveZero,
} from "../../../../mod.ts";
import type { Agreements } from "./agreement.ts";
import type { Finding, Findings } from "./findings.ts";
import type { WhyFound } from "./why_found.ts";

/** What was shown and what was not; a claim only where an edit clears its controls. */
export function verdictOf(found: WhyFound, agreements: Agreements): string[] {
  const { findings, measured } = found;
  if (!(measured.sd > 0)) {
    return [
      "No effects were measured: the model says the same depth everywhere",
    ];
  }
  return [
    ...gates(findings),
    ...aboutLatents(found),
    ...aboutDirection(findings),
    ...aboutSplice(findings),
    ...aboutAgreement(agreements),
    aboutPaths(found),
    "Not shown: whether the model needs what was edited where something else could take its place, or what other hooks do",
  ];
}

/** An edit of nothing must change nothing. */
function gates({ wholes }: Findings): string[] {
  return wholes.filter(({ name, effect }) =>
    (name === "nothing" || name === "splice, error kept") && effect.value !== 0
  ).map(({ name, effect }) =>
    `No number here can be trusted: "${name}" edits nothing and yet changes the model's own depth by ${
      digits(effect.value)
    } standard deviations`
  );
}

function aboutLatents(
  { tuning, findings: { asked, wholes }, input }: WhyFound,
): string[] {
  if (!input.chosen) {
    return [
      "Nothing was asked about latents: this hook has no dictionary; directions alone were edited",
    ];
  }
  const group = wholes.findLast(({ name }) =>
    name === "ablate the best together"
  );
  if (!group) return ["No latent fires on these pictures: none was edited"];
  const what = tuning
    ? `the ${asked.length} best tuned latents`
    : `${asked.length} latents by chance`;
  return [aboutGroup(group, what), ...aboutEach(asked, tuning)];
}

function aboutGroup(
  { clears, effect, against }: Finding,
  what: string,
): string {
  const changes = estimateWords(effect), control = digits(against.controlP95);
  return clears
    ? `Removing ${what} together changes the model's own depth by ${changes} standard deviations, more than removing matched ones (95th percentile ${control})`
    : `Not shown: that removing ${what} together, ${changes} standard deviations, changes the model's own depth more than removing matched ones (95th percentile ${control})`;
}

function aboutEach(
  asked: readonly Finding[],
  tuning: WhyFound["tuning"],
): string[] {
  const clear = asked.filter(({ clears }) => clears);
  if (clear.length === 0) {
    return [
      "Not shown: that any of them by itself changes it more than matched ones",
    ];
  }
  const change = clear.length === 1 ? "changes" : "change";
  const byChance = digits(0.05 * asked.length);
  return [
    `${clear.length} of them, each by itself, ${change} it more than matched ones; about ${byChance} would exceed the percentile by chance`,
    aboutPosition(clear, tuning),
  ];
}

/** What moves the prediction may only be correlated with depth, such as position. */
function aboutPosition(
  clear: readonly Finding[],
  tuning: WhyFound["tuning"],
): string {
  if (!tuning) {
    return "Not shown: that they carry depth, as nothing is known of their tuning";
  }
  const { passes } = tuning;
  if (!passes) {
    return "Not shown: that they carry depth and not position alone, as no null of their tuning was made";
  }
  const passing = clear.filter(({ latent }) => passes[latent!] === 1).length;
  return passing > 0
    ? `${passing} of these also ${
      passing === 1 ? "passes" : "pass"
    } the test of tuning to depth beyond position`
    : "Not shown: that they carry depth and not position alone, as none of these passes the test of tuning beyond position";
}

function aboutDirection({ wholes, swaps }: Findings): string[] {
  const projected = wholes.find(({ name }) => name.startsWith("project"));
  if (!projected) {
    return ["No direction was edited: a linear probe reads no depth here"];
  }
  const effect = estimateWords(projected.effect);
  const control = digits(projected.against.controlP95);
  const sentences = [
    claim(
      projected,
      `Projecting the probe's direction out changes the model's own depth by ${effect} standard deviations (95th percentile of directions of equal norm or variance ${control})`,
    ),
  ];
  const [patches] = swaps, moved = patches?.moved;
  if (!moved) return sentences;
  const share = estimateWords(moved.effect), others = digits(moved.controlP95);
  return [
    ...sentences,
    claim(
      patches,
      `Swapping that one component between near and far patches takes their depth ${share} of the way to each other's (95th percentile of directions by chance ${others})`,
    ),
  ];
}

function claim({ clears }: Finding, sentence: string): string {
  return clears
    ? sentence
    : `Not shown to be more than directions by chance do: ${
      sentence[0]!.toLowerCase()
    }${sentence.slice(1)}`;
}

function aboutSplice({ wholes }: Findings): string[] {
  const splice = wholes.find(({ name }) => name === "splice");
  if (!splice) return [];
  const { clears, against: { controlP95, controlMean } } = splice;
  const effect = estimateWords(splice.effect);
  return [
    clears
      ? `What the dictionary misses matters to depth: without it the prediction changes by ${effect} standard deviations, more than by errors of equal length in directions by chance (95th percentile ${
        digits(controlP95)
      })`
      : `Not shown: that what the dictionary misses, ${effect} standard deviations, matters more to depth than errors of equal length by chance (${
        digits(controlMean)
      } in the mean)`,
  ];
}

function aboutAgreement({ spearman, partialEta2 }: Agreements): string[] {
  if (!spearman || !partialEta2) return [];
  if (!Number.isFinite(spearman.value + partialEta2.value)) {
    return [
      "Not known: whether latents that are tuned more do more, as too few were measured or all do the same",
    ];
  }
  const more = [spearman, partialEta2].some(isAboveZero)
    ? "Latents that are tuned more do more"
    : "Not shown: that latents that are tuned more do more";
  return [
    `${more}: the rank correlation of what a latent's ablation changes with |Spearman| is ${
      estimateWords(spearman)
    }, with partial eta² ${estimateWords(partialEta2)}`,
  ];
}

function aboutPaths(
  { study: { hook }, measured: { tap, refusal }, findings: { paths } }:
    WhyFound,
): string {
  if (tap === undefined) {
    return `"${hook.name}" is read by the next block alone: no tap of the depth head reads it, so that there is one way only`;
  }
  if (refusal !== undefined) {
    return `Not shown: which way an edit goes, by the next block or by the tap "${tap}": ${refusal}`;
  }
  const by = (path: string) => paths.find((each) => each.path === path)!;
  const residual = by("residual");
  return `"${hook.name}" is read by the next block and by the tap "${tap}": "${residual.name}" changes depth by ${
    digits(residual.effect.value)
  } standard deviations by the residual stream alone, and by ${
    digits(by("tap").effect.value)
  } by the tap alone`;
}

function estimateWords(estimate: Estimate): string {
  return wordsOf(estimate, digits);
}
