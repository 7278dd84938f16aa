/** Tests of {@linkcode typeWords}. @module */
import { equal } from "node:assert/strict";
import { z } from "zod";
import {
  type JsonSchema,
  jsonSchemaOf,
  typeWords,
} from "../../../core/run/json_schema.ts";

Deno.test("typeWords() says what a schema accepts", () => {
  const cases: [schema: z.ZodType, words: string][] = [
    [z.int(), "integer"],
    [z.int().min(1).max(64), "integer 1 to 64"],
    [z.number().positive(), "number > 0"],
    [z.number().min(0).lt(1), "number ≥ 0, < 1"],
    [z.boolean(), "true | false"],
    [z.string(), "text"],
    [z.string().meta({ format: "path" }), "path"],
    [z.enum(["a", "b"]), "a | b"],
    [z.union([z.literal("auto"), z.int()]), "auto | integer"],
    [z.number().nullable(), "number | null"],
    [z.array(z.string()), "list of text"],
    [z.tuple([z.int(), z.int()]), "[integer, integer]"],
    [z.unknown(), "any value"],
  ];
  for (const [schema, words] of cases) {
    equal(typeWords(jsonSchemaOf(schema) as JsonSchema), words);
  }
});
