/**
 * Reads JSON objects from files.
 *
 * @module
 */
import { ConfigError } from "../errors.ts";

/**
 * Reads the JSON object in `file`, which messages call `name`.
 *
 * @throws {ConfigError} When the file cannot be read, or does not hold a JSON object.
 */
export async function readJsonObject(
  file: string,
  name: string = file,
): Promise<Record<string, unknown>> {
  let value: unknown;
  try {
    const text = await Deno.readTextFile(file);
    value = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (cause) {
    throw new ConfigError(name, `Cannot read "${name}": ${why(cause, file)}`, {
      cause,
    });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new ConfigError(
    name,
    `Cannot read "${name}": it must hold an object such as { "seed": 1 }, found ${
      Array.isArray(value) ? "a list" : JSON.stringify(value).slice(0, 40)
    }`,
  );
}

function why(cause: unknown, file: string): string {
  if (cause instanceof Deno.errors.NotFound) return `there is no file ${file}`;
  if (cause instanceof Deno.errors.IsADirectory) return "it is a folder";
  const { message } = cause as Error;
  if (!(cause instanceof SyntaxError)) return message;
  const place = /( in JSON)? at position \d+ \((.*?)\)/;
  return `it is not JSON: ${message.replace(place, " at $2")}`;
}
