/**
 * The log of a run in, its curves out, read on from where it was read last.
 *
 * @module
 */

/** Numbers of logged steps, in order. */
export interface Series {
  /** Tokens trained on until then. */
  readonly tokens: readonly number[];
  /** By name, as long as `tokens`; NaN where a step has none. */
  readonly values: Readonly<Record<string, readonly number[]>>;
  /** Bytes of the log that were read: whole lines. */
  readonly bytes: number;
  /** Lines that are no step. */
  readonly skipped: number;
}

/** Lines of a log from some byte on. */
export interface MetricLines {
  /** The lines. */
  readonly lines: readonly Readonly<Record<string, number>>[];
  /** The byte behind the last of them: where to go on. */
  readonly next: number;
  /** Whether the log is shorter than where it was to be read from: it was begun anew. */
  readonly restarted: boolean;
}

/** Most bytes that are read at once. */
const chunkBytes = 2 ** 20;

/** What is drawn of each step. */
const drawn = ["fvu", "loss", "l0", "dead", "lr"] as const;

/**
 * The whole lines of the log at `path` behind byte `from`, a mebibyte of them
 * at most. A line that is half written is left for later.
 */
export async function readMetricLines(
  path: string,
  from: number,
): Promise<MetricLines & { readonly skipped: number }> {
  const bytes = await readBehind(path, from);
  if (bytes === undefined) {
    return { lines: [], next: 0, restarted: true, skipped: 0 };
  }
  const end = bytes.lastIndexOf(10) + 1;
  const found = new TextDecoder().decode(bytes.subarray(0, end))
    .split("\n").filter((line) => line.trim() !== "").map(numbersOf);
  const lines = found.filter((line) => line !== undefined);
  return {
    lines,
    next: from + end,
    restarted: false,
    skipped: found.length - lines.length,
  };
}

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
  return bytes.subarray(0, at);
}

/** The numbers of a line; undefined where it is no step. */
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
}

function nothing(): Growing {
  const values = Object.fromEntries(drawn.map((name) => [name, []]));
  return { tokens: [], values, bytes: 0, skipped: 0 };
}

/** Reads logs; of one that it knows only what is new. */
export function metricsReader(): (path: string) => Promise<Series> {
  const known = new Map<string, Growing>();
  const busy = new Map<string, Promise<Series>>();
  const read = async (path: string): Promise<Series> => {
    let series = known.get(path) ?? nothing();
    for (;;) {
      const got = await readMetricLines(path, series.bytes);
      if (got.restarted) {
        if (series.bytes === 0) break;
        series = nothing();
        continue;
      }
      if (got.next === series.bytes) break;
      got.lines.forEach((line) => append(series, line));
      series.bytes = got.next;
      series.skipped += got.skipped;
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
