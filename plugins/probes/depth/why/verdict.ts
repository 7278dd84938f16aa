/**
 * Findings in, what they show and what they do not out, a sentence each.
 *
 * @module
 */
import type { Estimate } from "./compare.ts";
import type { Finding } from "./findings.ts";
import type { Agreements, WhyFound } from "./why_found.ts";

/** What was shown and what was not; a claim only where an edit clears its controls. */
export function verdictOf(found: WhyFound, agreements: Agreements): string[] {
  const { findings: { wholes, swaps }, measured } = found;
  if (!(measured.sd > 0)) {
    return [
      "No effects were measured: the model says the same depth everywhere",
    ];
  }
  return [
    ...gates(wholes),
    ...aboutLatents(found),
    ...aboutDirection(wholes, swaps),
    ...aboutSplice(wholes),
    ...aboutAgreement(agreements),
    ...aboutPaths(found),
    "Not shown: whether the model needs what was edited where something else could take its place, or what other hooks do",
  ];
}

/** An edit of nothing must change nothing. */
function gates(wholes: readonly Finding[]): string[] {
  return wholes.filter(({ name, size }) =>
    (name === "nothing" || name === "splice, error kept") &&
    size.effect.value !== 0
  ).map(({ name, size }) =>
    `No number here can be trusted: "${name}" edits nothing and yet changes the model's own depth by ${
      words(size.effect.value)
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
    name.startsWith("ablate the best")
  );
  if (!group) return ["No latent fires on these pictures: none was edited"];
  const what = tuning
    ? `the ${asked.length} best tuned latents`
    : `${asked.length} latents by chance`;
  return [
    aboutGroup(group, what),
    ...aboutEach(asked, tuning),
  ];
}

function aboutGroup({ clears, size }: Finding, what: string): string {
  const [effect, control] = [
    estimateWords(size.effect),
    words(size.controlP95),
  ];
  return clears
    ? `Removing ${what} together changes the model's own depth by ${effect} standard deviations, more than removing matched ones (95th percentile ${control})`
    : `Not shown: that removing ${what} together, ${effect} standard deviations, changes the model's own depth more than removing matched ones (95th percentile ${control})`;
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
  const passing = tuning?.passes &&
    clear.filter(({ latent }) => tuning.passes![latent!] === 1).length;
  return [
    `${clear.length} of them, each by itself, ${
      clear.length === 1 ? "changes" : "change"
    } it more than matched ones; about ${
      words(0.05 * asked.length)
    } would exceed the percentile by chance`,
    aboutPosition(tuning, passing),
  ];
}

/** What moves a prediction of depth may still be something that only goes with depth. */
function aboutPosition(
  tuning: WhyFound["tuning"],
  passing: number | undefined,
): string {
  if (!tuning) {
    return "Not shown: that they carry depth, as nothing is known of their tuning";
  }
  if (passing === undefined) {
    return "Not shown: that they carry depth and not position alone, as no null of their tuning was made";
  }
  return passing > 0
    ? `${passing} of these also ${
      passing === 1 ? "passes" : "pass"
    } the test of tuning to depth beyond position`
    : "Not shown: that they carry depth and not position alone, as none of these passes the test of tuning beyond position";
}

function aboutDirection(
  wholes: readonly Finding[],
  swaps: readonly Finding[],
): string[] {
  const projected = wholes.find(({ name }) => name.startsWith("project"));
  if (!projected) {
    return ["No direction was edited: a linear probe reads no depth here"];
  }
  const [patches] = swaps;
  return [
    `${
      projected.clears
        ? "P"
        : "Not shown to be more than directions by chance do: p"
    }rojecting the probe's direction out changes the model's own depth by ${
      estimateWords(projected.size.effect)
    } standard deviations (95th percentile of directions of equal norm or variance ${
      words(projected.size.controlP95)
    })`,
    ...patches?.moved
      ? [
        `${
          patches.clears
            ? "S"
            : "Not shown to be more than directions by chance do: s"
        }wapping that one component between near and far patches takes their depth ${
          estimateWords(patches.moved.effect)
        } of the way to each other's (95th percentile of directions by chance ${
          words(patches.moved.controlP95)
        })`,
      ]
      : [],
  ];
}

function aboutSplice(wholes: readonly Finding[]): string[] {
  const splice = wholes.find(({ name }) => name === "splice");
  if (!splice) return [];
  const { effect, controlP95, controlMean } = splice.size;
  return [
    splice.clears
      ? `What the dictionary misses matters to depth: without it the prediction changes by ${
        estimateWords(effect)
      } standard deviations, more than by errors of equal length in directions by chance (95th percentile ${
        words(controlP95)
      })`
      : `Not shown: that what the dictionary misses, ${
        estimateWords(effect)
      } standard deviations, matters more to depth than errors of equal length by chance (${
        words(controlMean)
      } in the mean)`,
  ];
}

function aboutAgreement({ spearman, partial_eta2 }: Agreements): string[] {
  if (!spearman || !partial_eta2) return [];
  if (!Number.isFinite(spearman.value + partial_eta2.value)) {
    return [
      "Not known: whether latents that are tuned more do more, as too few were measured or all do the same",
    ];
  }
  const isShown = [spearman, partial_eta2].some(({ low = -1 }) => low > 0);
  return [
    `${
      isShown
        ? "Latents that are tuned more do more"
        : "Not shown: that latents that are tuned more do more"
    }: the rank correlation of what a latent's ablation changes with |Spearman| is ${
      estimateWords(spearman)
    }, with partial eta² ${estimateWords(partial_eta2)}`,
  ];
}

function aboutPaths(
  { study: { hook }, measured, findings }: WhyFound,
): string[] {
  const { tap, paths } = measured;
  if (tap === undefined) {
    return [
      `"${hook.name}" is read by the next block alone: no tap of the depth head reads it, so that there is one way only`,
    ];
  }
  if (measured.refusal !== undefined) {
    return [
      `Not shown: which way an edit goes, by the next block or by the tap "${tap}": ${measured.refusal}`,
    ];
  }
  const of = (path: string) =>
    [...paths].filter(([key]) => key.startsWith(`${path}: `)).map(([, own]) =>
      own.absolute.reduce((sum, x) => sum + x, 0) / own.absolute.length /
      findings.scale.places / findings.scale.sd
    );
  const [residual, tapped] = [of("residual")[0]!, of("tap")[0]!];
  const [first] = [...paths.keys()].map((key) =>
    key.slice(key.indexOf(":") + 2)
  );
  return [
    `"${hook.name}" is read by the next block and by the tap "${tap}": "${first}" changes depth by ${
      words(residual)
    } standard deviations by the residual stream alone, and by ${
      words(tapped)
    } by the tap alone`,
  ];
}

/** A number and its interval. */
function estimateWords({ value, low, high }: Estimate): string {
  if (low === undefined || high === undefined) return words(value);
  return `${words(value)} (${words(low)} to ${words(high)})`;
}

/** Three digits. */
function words(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : "none";
}
