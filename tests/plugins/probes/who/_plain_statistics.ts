/**
 * Each statistic as its textbook has it, with plain loops over all patches.
 *
 * @module
 */

/** The rank of each number by counting. */
export function plainRanks(values: readonly number[]): number[] {
  return values.map((value) =>
    values.filter((other) => other < value).length +
    (values.filter((other) => other === value).length + 1) / 2
  );
}

/** Pearson's correlation. */
export function plainPearson(
  a: readonly number[],
  b: readonly number[],
): number {
  const mean = (x: readonly number[]) =>
    x.reduce((s, v) => s + v, 0) / x.length;
  const [ma, mb] = [mean(a), mean(b)];
  const dot = (f: (i: number) => number) =>
    a.reduce((sum, _, i) => sum + f(i), 0);
  return dot((i) => (a[i]! - ma) * (b[i]! - mb)) /
    Math.sqrt(dot((i) => (a[i]! - ma) ** 2) * dot((i) => (b[i]! - mb) ** 2));
}

/** The bin of each number: how many of the distinct quantiles below the middle ones it reaches. */
export function plainBins(values: readonly number[], bins: number): number[] {
  const sorted = values.toSorted((a, b) => a - b);
  const edges = new Set(
    Array.from(
      { length: bins },
      (_, i) => sorted[Math.floor(i * sorted.length / bins)]!,
    ),
  );
  return values.map((value) =>
    [...edges].filter((edge) => edge <= value).length - 1
  );
}

/** The squared error that remains of `y` after the best sum of `columns`, by Gram and Schmidt. */
export function plainError(
  columns: readonly (readonly number[])[],
  y: readonly number[],
): number {
  const basis: number[][] = [];
  const dot = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  const without = (x: readonly number[]): number[] =>
    basis.reduce<number[]>((left, unit) => {
      const along = dot(left, unit);
      return left.map((value, i) => value - along * unit[i]!);
    }, [...x]);
  for (const column of columns) {
    const left = without(without(column)), norm = Math.sqrt(dot(left, left));
    if (norm > 1e-9) basis.push(left.map((value) => value / norm));
  }
  const left = without(without(y));
  return dot(left, left);
}

/** A column of zeros and ones for each value that occurs. */
export function indicators(of: readonly number[]): number[][] {
  return [...new Set(of)].map((value) =>
    of.map((other) => Number(other === value))
  );
}

/** Mutual information of two lists of names, in nats, with Miller and Madow's correction of each entropy. */
export function plainInformation(
  a: readonly number[],
  b: readonly number[],
): number {
  const entropy = (names: readonly string[]): number => {
    const groups = [...Map.groupBy(names, (name) => name).values()];
    const n = names.length;
    return groups.reduce(
      (sum, { length }) => sum - length / n * Math.log(length / n),
      0,
    ) + (groups.length - 1) / 2 / n;
  };
  const words = (x: readonly number[]) => x.map(String);
  return entropy(words(a)) + entropy(words(b)) -
    entropy(a.map((value, i) => `${value} ${b[i]}`));
}
