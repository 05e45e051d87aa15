/**
 * Longest that a test waits for what must come, in ms: only to end what hangs, on a machine however
 * busy.
 */
export const PATIENCE_MS = 120_000;
/**
 * How long a test may take, in ms, as `--timeout` in package.json has it. Files whose tests take
 * seconds on any machine say it, too: `bun test` by itself ends them after 5 s.
 */
export const TEST_MS = 300_000;
