/**
 * Numbers as people read them: counts, bytes, durations and shares.
 *
 * @module
 */

/** `1234567` as `"1.23M"`. */
export function short(count: number): string {
  const units: [number, string][] = [[1e9, "G"], [1e6, "M"], [1e3, "k"]];
  const [size, unit] = units.find(([size]) => count >= size) ?? [1, ""];
  return size === 1
    ? String(Math.round(count))
    : `${(count / size).toPrecision(3)}${unit}`;
}

/** Bytes as `"1.2 GiB"` or `"345 MiB"`, rounded up where they are MiB. */
export function bytes(count: number): string {
  return count >= 2 ** 30
    ? `${(count / 2 ** 30).toFixed(1)} GiB`
    : `${Math.ceil(count / 2 ** 20)} MiB`;
}

/** Seconds as `"1:02:03"` or `"2:03"`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [h, m, s] = [
    Math.floor(whole / 3600),
    Math.floor(whole / 60) % 60,
    whole % 60,
  ];
  const two = (n: number): string => String(n).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** A share as a percentage: `percent(0.1234, 1)` is `"12.3 %"`. */
export function percent(share: number, digits: number): string {
  return `${(100 * share).toFixed(digits)} %`;
}
