// Whether objects are still in memory.

/** Waits until what is on the stack now is gone, and collects. */
export async function afterCollection(): Promise<void> {
  await Bun.sleep(1);
  Bun.gc(true);
}

/**
 * How many are still there. A few may be although nobody holds them: the collector takes whatever
 * on the stack looks like one for one.
 */
export async function stillThere(held: readonly WeakRef<object>[]): Promise<number> {
  await afterCollection();
  return held.filter((each) => each.deref() !== undefined).length;
}
