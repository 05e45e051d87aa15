/**
 * Longest that a test waits for what must come, in ms: only to end what hangs, on a machine however
 * busy. Each test may take twice as long and more (`--timeout` in package.json).
 */
export const PATIENCE_MS = 120_000;
