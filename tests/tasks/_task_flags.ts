/**
 * The permissions that `deno task` gives to a command.
 *
 * @module
 */
import { ok } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { packageFolder } from "../../tasks/terminal/native_folders.ts";

/** The flags of `deno task <task>`, as its shell fills them in where there is no mirror of the hub. */
export async function taskFlags(task: string): Promise<string[]> {
  const file = new URL("../../deno.json", import.meta.url);
  const text = await Deno.readTextFile(file);
  const { command }: { command: string } = JSON.parse(text).tasks[task];
  const words = command
    .replace("$(deno run tasks/terminal/native_folders.ts)", "NATIVE")
    .replace(/\$\(.*?"\)/, "localhost").replaceAll('"', "").split(" ");
  const [deno, verb, ...rest] = words;
  ok(
    deno === "deno" && verb === "run" &&
      rest.at(-1) === `tasks/${task}/main.ts`,
  );
  return rest.slice(0, -1).map((flag) => flag.replace("NATIVE", native()));
}

/** Where Deno keeps packages: a test that moves the caches of the user says this, too. */
export function denoDir(): string {
  const [before] = fileURLToPath(import.meta.resolve("sharp")).split("/npm/");
  return Deno.env.get("DENO_DIR") ?? before!;
}

function native(): string {
  return [
    packageFolder(import.meta.resolve("onnxruntime-node"), "onnxruntime-node"),
    packageFolder(import.meta.resolve("sharp"), "sharp", "@img"),
  ].join();
}
