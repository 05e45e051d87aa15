// What a terminal can be used for, and that it is given back.

/** Whether what is written can move the cursor: a dumb terminal shows the letters of that. */
export function isScreen(output: { readonly isTTY?: boolean }): boolean {
  return output.isTTY === true && process.env.TERM !== "dumb";
}

const USUAL_SIZE = { columns: 80, rows: 24 } as const;

/**
 * The terminal with a size: a serial console does not know its own and says 0, so that nothing
 * would be drawn, or one letter a line.
 */
export function withSize<T extends { columns: number; rows: number }>(output: T): T {
  if (!output.columns) output.columns = USUAL_SIZE.columns;
  if (!output.rows) output.rows = USUAL_SIZE.rows;
  return output;
}

/** Signals after which the terminal is given back: nobody listening, they end the process. */
const END_SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** Calls `end` on a signal to end. Answers what lets the signals be again. */
export function onEndSignal(end: () => void): () => void {
  for (const signal of END_SIGNALS) process.on(signal, end);
  return () => {
    for (const signal of END_SIGNALS) process.off(signal, end);
  };
}
