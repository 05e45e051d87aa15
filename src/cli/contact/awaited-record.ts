// A record that a peer has yet to hear of: another peer has told a client that it is final, as who
// registers an observer through a peer that takes part, and this one hears of it a moment later.

/** An observer beside a busy machine's peers: 280 to 550 ms. */
const HEARING_MS = 1_000;
const LOOK_EVERY_MS = 100;

/** What `find` finds, now or within a moment; null when it finds nothing. */
export async function awaitedRecord<T>(find: () => Promise<T | null>): Promise<T | null> {
  const deadline = performance.now() + HEARING_MS;
  for (;;) {
    const found = await find();
    if (found !== null || performance.now() >= deadline) return found;
    await Bun.sleep(LOOK_EVERY_MS);
  }
}
