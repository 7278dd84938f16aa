/**
 * Reads what is sent with a request, up to a limit.
 *
 * @module
 */
import type { z } from "zod";
import { Problem } from "../http/problem.ts";

/** A file that was sent. */
interface Upload {
  /** Its name. */
  readonly name: string;
  /** Its content. */
  readonly bytes: Uint8Array;
}

/**
 * The body of a request, at most `most` bytes.
 *
 * @throws {Problem} When it has more, and then the rest is not read; or when it
 * ends early.
 */
async function readBytes(
  request: Request,
  most: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const said = Number(request.headers.get("content-length") ?? 0);
  if (said > most) {
    await request.body?.cancel().catch(() => {});
    throw tooLarge(said, most);
  }
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  try {
    for await (const chunk of request.body ?? []) {
      length += chunk.length;
      if (length > most) throw tooLarge(length, most);
      chunks.push(new Uint8Array(chunk));
    }
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    throw new Problem(400, "Cannot read what was sent: it ended early", {
      cause,
    });
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

function tooLarge(bytes: number, most: number): Problem {
  const mb = (n: number) => `${Math.round(n / 2 ** 20)} MB`;
  return new Problem(
    413,
    `Cannot take ${mb(bytes)}: at most ${
      mb(most)
    } can be sent; make the picture smaller first`,
  );
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
  const bytes = await readBytes(request, most + 4096);
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
  const bytes = await readBytes(request, mostJson);
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
