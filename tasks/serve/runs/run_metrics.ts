/**
 * A run's log as curves, read on from where it was read last.
 *
 * @module
 */

/** The numbers of all logged steps. */
export interface Series {
  /** Tokens trained on until then. */
  readonly tokens: readonly number[];
  /** Curves by name, as long as `tokens`; NaN where a step has no such number. */
  readonly values: Readonly<Record<string, readonly number[]>>;
  /** Bytes of the log that were read, all of them whole lines. */
  readonly bytes: number;
  /** Lines that are not a step. */
  readonly skipped: number;
}

/** The last number of a curve; NaN where it has none. */
export function last(values: readonly number[] | undefined): number {
  return values?.at(-1) ?? NaN;
}

/** Lines of a log from some byte on. */
interface MetricLines {
  /** The lines. */
  readonly lines: readonly Readonly<Record<string, number>>[];
  /** The byte after the last of them, where to read on. */
  readonly next: number;
  /** Whether the log is too short to be read from there, since it was begun anew. */
  readonly restarted: boolean;
}

/** The most bytes that are read at once. */
const chunkBytes = 2 ** 20;

/** Bytes that tell a log that has grown from another in its place: more than a line has. */
const endBytes = 512;

/** The numbers of a step that are drawn. */
const drawn = ["fvu", "loss", "l0", "dead", "lr"] as const;

/**
 * The whole lines of the log at `path` from byte `from` on, at most a mebibyte
 * of them. A half-written line is left for later.
 */
export async function readMetricLines(
  path: string,
  from: number,
): Promise<MetricLines & { readonly skipped: number }> {
  const bytes = await readBehind(path, from);
  if (bytes === undefined) {
    return { lines: [], next: 0, restarted: true, skipped: 0 };
  }
  return { ...linesOf(bytes), next: from + bytes.length, restarted: false };
}

function linesOf(bytes: Uint8Array) {
  const found = new TextDecoder().decode(bytes)
    .split("\n").filter((line) => line.trim() !== "").map(numbersOf);
  const lines = found.filter((line) => line !== undefined);
  return { lines, skipped: found.length - lines.length };
}

/** Whole lines from a byte on; undefined where the file is shorter. */
async function readBehind(
  path: string,
  from: number,
): Promise<Uint8Array | undefined> {
  const file = await Deno.open(path).catch(() => undefined);
  if (!file) return from === 0 ? new Uint8Array() : undefined;
  using open = file;
  const { size } = await open.stat();
  if (from > size) return undefined;
  const bytes = new Uint8Array(Math.min(chunkBytes, size - from));
  await open.seek(from, Deno.SeekMode.Start);
  let at = 0;
  while (at < bytes.length) {
    const read = await open.read(bytes.subarray(at));
    if (read === null) break;
    at += read;
  }
  return bytes.subarray(0, bytes.lastIndexOf(10, at - 1) + 1);
}

/** The numbers of a line; undefined where it is not a step. */
function numbersOf(line: string): Record<string, number> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== "object" || value === null) return undefined;
    const numbers = Object.entries(value)
      .filter((entry): entry is [string, number] =>
        typeof entry[1] === "number"
      );
    const found = Object.fromEntries(numbers);
    return found.tokens === undefined ? undefined : found;
  } catch {
    return undefined;
  }
}

interface Growing extends Series {
  readonly tokens: number[];
  readonly values: Record<string, number[]>;
  bytes: number;
  skipped: number;
  /** The last of these bytes: where the file has others, it is another log. */
  end: Uint8Array;
}

function nothing(): Growing {
  const values = Object.fromEntries(drawn.map((name) => [name, []]));
  return { tokens: [], values, bytes: 0, skipped: 0, end: new Uint8Array() };
}

/** Reads logs; of a log that it knows, only what is new. */
export function metricsReader(): (path: string) => Promise<Series> {
  const known = new Map<string, Growing>();
  const busy = new Map<string, Promise<Series>>();
  const read = async (path: string): Promise<Series> => {
    let series = known.get(path) ?? nothing();
    for (;;) {
      const { bytes, end } = series;
      const got = await readBehind(path, bytes - end.length);
      if (!end.every((byte, i) => got?.[i] === byte)) {
        series = nothing();
        continue;
      }
      const fresh = got!.subarray(end.length);
      if (fresh.length === 0) break;
      const { lines, skipped } = linesOf(fresh);
      lines.forEach((line) => append(series, line));
      series.bytes += fresh.length;
      series.skipped += skipped;
      series.end = fresh.slice(-endBytes);
    }
    known.set(path, series);
    return series;
  };
  return (path) => {
    const before = busy.get(path);
    if (before) return before;
    const now = read(path).finally(() => busy.delete(path));
    busy.set(path, now);
    return now;
  };
}

function append(series: Growing, line: Readonly<Record<string, number>>): void {
  series.tokens.push(line.tokens!);
  for (const name of drawn) series.values[name]!.push(line[name] ?? NaN);
}
