/** Reads which files of the project import which. @module */
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder. */
export const project: string = fileURLToPath(new URL("..", import.meta.url));

/** Where the product's code lies. */
const roots = ["core", "plugins", "tasks", "tests/conformance"];

/** A source file: its path from the project, its text, and the files that it imports. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

/** Every source file of the product, `mod.ts` among them. Templates are other people's files to be. */
export async function sourceFiles(): Promise<SourceFile[]> {
  const paths = ["mod.ts"];
  for (const root of roots) {
    for await (const path of walk(join(project, root))) {
      paths.push(relative(project, path));
    }
  }
  return await Promise.all(
    paths.sort().map(async (path) => {
      const text = await Deno.readTextFile(join(project, path));
      return { path, text, imports: importsOf(path, text) };
    }),
  );
}

async function* walk(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory && name !== "templates") yield* walk(path);
    else if (/\.tsx?$/.test(name)) yield path;
  }
}

/** The files that a text imports, types included; what its comments show is left out. */
export function importsOf(path: string, text: string): string[] {
  const code = text.replaceAll(/^\s*(\/?\*|\/\/).*$/gm, "");
  const found = code.matchAll(/(?:\bfrom|\bimport\(|^import)\s*"(\.[^"]+)"/gm);
  return [...found].map(([, to]) => join(dirname(path), to!));
}

/** The circles of imports: groups of files, each of which reaches every other (Tarjan, 1972). */
export function circles(files: readonly SourceFile[]): string[][] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const index = new Map<string, number>(), low = new Map<string, number>();
  const stack: string[] = [], found: string[][] = [];
  const visit = ({ path, imports }: SourceFile) => {
    index.set(path, index.size);
    low.set(path, index.get(path)!);
    stack.push(path);
    for (const to of imports) {
      const next = byPath.get(to);
      if (next && !index.has(to)) visit(next);
      if (stack.includes(to)) {
        low.set(path, Math.min(low.get(path)!, low.get(to)!));
      }
    }
    if (low.get(path) !== index.get(path)) return;
    const circle = stack.splice(stack.indexOf(path));
    if (circle.length > 1 || imports.includes(path)) found.push(circle.sort());
  };
  for (const file of files) if (!index.has(file.path)) visit(file);
  return found;
}
