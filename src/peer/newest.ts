// What is remembered of the latest things alone: Maps and Sets that keep the order in which their
// keys were added.

/** Forgets the oldest key if there are more than `keptMax`; to be called after each one added. */
export function keepNewest(remembered: Map<string, unknown> | Set<string>, keptMax: number): void {
  if (remembered.size <= keptMax) return;
  const oldest = remembered.keys().next().value;
  if (oldest !== undefined) remembered.delete(oldest);
}
