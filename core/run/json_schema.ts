/**
 * Reads what a schema says about itself: the parts of JSON Schema used here.
 *
 * @module
 */
import type { StandardSchemaV1 } from "@standard-schema/spec";

/** A node of a JSON Schema (draft 2020-12). */
export interface JsonSchema {
  /** `"integer"`, `"object"` …, or several of them. */
  readonly type?: string | readonly string[];
  /** One sentence. */
  readonly description?: string;
  /** The value used when none is given. */
  readonly default?: unknown;
  /** The kind of string: `"path"` for a file or folder, `"model"` for a model's folder or hub id. */
  readonly format?: string;
  /** The only value. */
  readonly const?: unknown;
  /** The only values. */
  readonly enum?: readonly unknown[];
  /** Schemas of which at least one holds. */
  readonly anyOf?: readonly JsonSchema[];
  /** Schemas of which exactly one holds. */
  readonly oneOf?: readonly JsonSchema[];
  /** The keys of an object. */
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  /** The keys that an object must have. */
  readonly required?: readonly string[];
  /** Whether an object may have other keys, or the schema of their values. */
  readonly additionalProperties?: boolean | JsonSchema;
  /** The schema of a list's values, or of those after `prefixItems`. */
  readonly items?: boolean | JsonSchema;
  /** The schemas of a list's first values. */
  readonly prefixItems?: readonly JsonSchema[];
  /** Smallest number. */
  readonly minimum?: number;
  /** Largest number. */
  readonly maximum?: number;
  /** A number must be greater than this. */
  readonly exclusiveMinimum?: number;
  /** A number must be less than this. */
  readonly exclusiveMaximum?: number;
}

/**
 * The JSON Schema of what `schema` accepts; undefined when its library offers
 * none (https://standardschema.dev/json-schema).
 */
export function jsonSchemaOf(schema: StandardSchemaV1): JsonSchema | undefined {
  const standard = schema["~standard"] as {
    jsonSchema?: { input(options: { target: string }): JsonSchema };
  };
  try {
    return standard.jsonSchema?.input({ target: "draft-2020-12" });
  } catch {
    // A library may throw for what JSON Schema cannot express: help is then shorter.
    return undefined;
  }
}

/** The node of `schema` at `path`; undefined when there is none. */
export function schemaAt(
  schema: JsonSchema | undefined,
  path: readonly string[],
): JsonSchema | undefined {
  if (schema === undefined || path.length === 0) return schema;
  const [key, ...rest] = path as [string, ...string[]];
  const { properties = {}, additionalProperties, prefixItems, items } = schema;
  const own = Object.hasOwn(properties, key) ? properties[key] : undefined;
  const inner = [own, prefixItems?.[Number(key)], items, additionalProperties]
    .find((node) => typeof node === "object");
  if (inner) return schemaAt(inner as JsonSchema, rest);
  for (const choice of schema.anyOf ?? schema.oneOf ?? []) {
    const found = schemaAt(choice, path);
    if (found) return found;
  }
  return undefined;
}

/**
 * Describes the values that a node accepts: `integer ≥ 1`, `a | b`.
 *
 * @example
 * ```ts
 * import { typeWords } from "./json_schema.ts";
 * import { equal } from "node:assert/strict";
 *
 * equal(typeWords({ type: "number", minimum: 0, exclusiveMaximum: 1 }), "number ≥ 0, < 1");
 * equal(typeWords({ enum: ["float32", "bfloat16"] }), "float32 | bfloat16");
 * ```
 */
export function typeWords(schema: JsonSchema): string {
  const choices = schema.anyOf ?? schema.oneOf;
  if ("const" in schema) return String(schema.const);
  if (schema.enum) return schema.enum.map(String).join(" | ");
  if (choices) return [...new Set(choices.map(typeWords))].join(" | ");
  if (schema.prefixItems) {
    return `[${schema.prefixItems.map(typeWords).join(", ")}]`;
  }
  const types = [schema.type ?? "any value"].flat();
  return types.map((type) => oneType(type, schema)).join(" | ");
}

function oneType(type: string, schema: JsonSchema): string {
  if (type === "boolean") return "true | false";
  if (type === "string") {
    if (schema.format === "model") return "folder or hub id";
    return schema.format === "path" ? "path" : "text";
  }
  if (type === "array") {
    return typeof schema.items === "object"
      ? `list of ${typeWords(schema.items)}`
      : "list";
  }
  return type === "number" || type === "integer"
    ? [type, bounds(schema)].filter(Boolean).join(" ")
    : type;
}

function bounds(schema: JsonSchema): string {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  // Libraries add the largest safe integer as a bound that nobody chose.
  const chosen = (value: number | undefined) =>
    value !== undefined && Math.abs(value) < Number.MAX_SAFE_INTEGER;
  if (chosen(minimum) && chosen(maximum)) return `${minimum} to ${maximum}`;
  return [
    chosen(minimum) ? `≥ ${minimum}` : "",
    chosen(exclusiveMinimum) ? `> ${exclusiveMinimum}` : "",
    chosen(maximum) ? `≤ ${maximum}` : "",
    chosen(exclusiveMaximum) ? `< ${exclusiveMaximum}` : "",
  ].filter(Boolean).join(", ");
}
