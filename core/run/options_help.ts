/**
 * Tables of options for --help.
 *
 * @module
 */
import { alignText } from "./align_text.ts";
import { type JsonSchema, typeWords } from "./json_schema.ts";

/** One option, as --help shows it. */
export interface OptionRow {
  /** Its dotted name: `"buffer.tokens"`. */
  readonly name: string;
  /** What values it accepts. */
  readonly type: string;
  /** Its default, or `"required"`. */
  readonly default: string;
  /** What it does. */
  readonly meaning: string;
}

/** The options that an object's schema describes, nested ones by dotted name. */
export function optionRows(
  schema: JsonSchema | undefined,
  at = "",
): OptionRow[] {
  return Object.entries(schema?.properties ?? {}).flatMap(([key, node]) => {
    const name = at === "" ? key : `${at}.${key}`;
    if (node.properties) return optionRows(node, name);
    const fallback = schema?.required?.includes(key) ? "required" : "";
    return [{
      name,
      type: typeWords(node),
      default: node.default === undefined ? fallback : words(node.default),
      meaning: node.description ?? "",
    }];
  });
}

/** A table of options as text: name, type, default, meaning. */
export function optionsHelp(rows: readonly OptionRow[]): string {
  return alignText([
    ["option", "type", "default", "meaning"],
    ...rows.map(({ name, type, default: standard, meaning }) => [
      name,
      type,
      standard,
      meaning,
    ]),
  ]);
}

function words(value: unknown): string {
  return typeof value === "string" && value !== ""
    ? value
    : JSON.stringify(value);
}
