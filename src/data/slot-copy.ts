// hot: see test/bench. Copies of the small arrays that cells hold, with room for more items.

/** A copy with n empty places at `at`: 26 ns for a leaf, where splice and push take 45 to 60. */
export function withRoom<T>(items: readonly T[], at: number, n: number): T[] {
  const { length } = items;
  const grown: T[] = new Array(length + n);
  for (let i = 0; i < at; i++) grown[i] = items[i] as T;
  for (let i = at; i < length; i++) grown[i + n] = items[i] as T;
  return grown;
}

/** A copy with one more item: 10 to 18 ns for a leaf, where slice and push take 27. */
export function withLast<T>(items: readonly T[], item: T): T[] {
  const { length } = items;
  const grown: T[] = new Array(length + 1);
  for (let i = 0; i < length; i++) grown[i] = items[i] as T;
  grown[length] = item;
  return grown;
}
