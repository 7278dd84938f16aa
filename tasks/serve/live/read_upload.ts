/**
 * Reads pictures and JSON that are sent with a request.
 *
 * @module
 */
import type { z } from "zod";
import { Problem } from "../http/problem.ts";
import { readBody } from "../http/read_body.ts";

/** A file that was sent. */
interface Upload {
  /** Its name. */
  readonly name: string;
  /** Its content. */
  readonly bytes: Uint8Array;
}

/**
 * The picture that was sent: the field `picture` of a form, or the body itself.
 *
 * @throws {Problem} When there is none, or it is too large.
 */
export async function readUpload(
  request: Request,
  most: number,
): Promise<Upload> {
  const type = request.headers.get("content-type") ?? "";
  // A form adds a little around its file.
  const bytes = await readBody(request, most + 4096);
  if (!type.startsWith("multipart/form-data")) {
    return { name: "picture", bytes };
  }
  const form = await new Response(bytes, { headers: { "content-type": type } })
    .formData().catch(() => undefined);
  const file = form?.get("picture");
  if (!(file instanceof File) || file.size === 0) {
    throw new Problem(
      400,
      "Cannot find a picture in what was sent: choose a JPEG, PNG or WebP file",
    );
  }
  return {
    name: file.name || "picture",
    bytes: new Uint8Array(await file.arrayBuffer()),
  };
}

/** The most bytes of a JSON body. */
const mostJson = 2 ** 20;

/**
 * The JSON that was sent, checked.
 *
 * @throws {Problem} When it is not JSON, or does not fit `schema`.
 */
export async function readJson<S extends z.ZodType>(
  request: Request,
  schema: S,
): Promise<z.infer<S>> {
  const bytes = await readBody(request, mostJson);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new Problem(400, "Cannot read what was sent: it is not JSON");
  }
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const { path, message } = error.issues[0]!;
  throw new Problem(
    400,
    `Cannot use ${path.join(".").slice(0, 40) || "what was sent"}: ${message}`,
  );
}
