/**
 * Newer names of the same tensors.
 *
 * @module
 */
import type { SafetensorsHeader } from "../../../mod.ts";

/** What transformers 5 calls a block's layers, and what checkpoints on the hub call them. */
const layers: readonly (readonly [newer: RegExp, known: string])[] = [
  [/^attention\.q_proj\./, "attention.attention.query."],
  [/^attention\.k_proj\./, "attention.attention.key."],
  [/^attention\.v_proj\./, "attention.attention.value."],
  [/^attention\.o_proj\./, "attention.output.dense."],
];

/** ViT's MLP; DINOv2's keeps its names. */
const vitMlp: typeof layers = [
  [/^mlp\.fc1\./, "intermediate.dense."],
  [/^mlp\.fc2\./, "output.dense."],
];

const newer = /^(.*?)(?<!encoder\.)layers\.(\d+)\.(.+)$/;

/**
 * The same tensors under the names that published checkpoints have, where they
 * are named as transformers from version 5 on names them inside
 * (`layers.0.attention.q_proj`): a saved `state_dict`, or `save_pretrained`
 * with `save_original_format=False`.
 */
export function withKnownNames(header: SafetensorsHeader): SafetensorsHeader {
  const names = [...header.tensors.keys()];
  const isNewer = names.some((name) =>
    /(?<!encoder\.)layers\.\d+\.attention\.q_proj\.weight$/.test(name)
  );
  if (!isNewer) return header;
  const isVit = names.some((name) => name.includes(".layernorm_before."));
  const rules = isVit ? [...layers, ...vitMlp] : layers;
  const tensors = [...header.tensors].map(([name, info]) =>
    [knownName(name, rules), info] as const
  );
  return { ...header, tensors: new Map(tensors) };
}

function knownName(name: string, rules: typeof layers): string {
  const [, prefix, block, rest] = newer.exec(name) ?? [];
  if (rest === undefined) return name;
  const rule = rules.find(([pattern]) => pattern.test(rest));
  const known = rule ? rest.replace(rule[0], rule[1]) : rest;
  return `${prefix}encoder.layer.${block}.${known}`;
}
