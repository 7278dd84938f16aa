/**
 * Weights in several files, as `save_pretrained` writes large models.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { z } from "zod";
import {
  FormatError,
  readSafetensorsHeader,
  type SafetensorsHeader,
  type TensorInfo,
} from "../../../mod.ts";

/** The file that lists them: which tensor is in which. */
export const shardList = "model.safetensors.index.json";

/** Weights, and their files by name. */
export interface Weights {
  /** Every tensor with its file. */
  readonly weights: SafetensorsHeader;
  /** Paths by name, with no symbolic link in them. */
  readonly files: Readonly<Record<string, string>>;
}

const schema = z.object({
  weight_map: z.record(
    z.string(),
    z.string().regex(/^[^/\\\0]+\.safetensors$/, {
      error: "expected the name of a .safetensors file in the same folder",
    }),
  ),
});

/**
 * Reads the headers of the files that a folder's list names.
 *
 * @throws {FormatError} When the list is not one, a file is missing, or it lacks
 * a tensor that the list says it has.
 */
export async function readShards(folder: string): Promise<Weights> {
  const path = join(folder, shardList);
  const fail = (why: string, cause?: unknown): never => {
    throw new FormatError(path, `Cannot use "${path}": ${why}`, { cause });
  };
  const map = await readMap(path, fail);
  const names = [...new Set(Object.values(map))].sort();
  const headers = new Map<string, SafetensorsHeader>();
  for (const name of names) {
    const file = await Deno.realPath(join(folder, name)).catch((cause) =>
      fail(
        `it lists "${name}", one of ${names.length} files, which is not there`,
        cause,
      )
    );
    headers.set(name, await readSafetensorsHeader(file));
  }
  const tensors = Object.entries(map).map(([tensor, file]) => {
    const header = headers.get(file)!, info = header.tensors.get(tensor);
    if (!info) {
      return fail(
        `it says that tensor "${tensor}" is in "${file}", which lacks it`,
      );
    }
    return [tensor, { ...info, path: header.path }] as [string, TensorInfo];
  });
  const paths = [...headers.values()].map(({ path }) => path);
  const folders = new Set(paths.map((path) => dirname(path)));
  // onnxruntime reads weights from one folder.
  if (folders.size > 1) fail("its files are links into several folders");
  return {
    weights: {
      path: join([...folders][0]!, shardList),
      tensors: new Map(tensors),
      metadata: {},
    },
    files: {
      [shardList]: await Deno.realPath(path),
      ...Object.fromEntries(
        [...headers].map(([name, { path }]) => [name, path]),
      ),
    },
  };
}

async function readMap(
  path: string,
  fail: (why: string, cause?: unknown) => never,
): Promise<Record<string, string>> {
  let json: unknown;
  try {
    json = JSON.parse(await Deno.readTextFile(path));
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    return fail("it is not JSON", cause);
  }
  const { success, data, error } = schema.safeParse(json);
  if (!success) {
    const [issue] = error.issues;
    return fail(`"${issue!.path.join(".")}": ${issue!.message}`);
  }
  if (Object.keys(data.weight_map).length === 0) fail("it lists no tensors");
  return data.weight_map;
}
