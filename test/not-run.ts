// Tests that can't run on this machine say so, each in a line that CI counts.

/** @param why what is missing here, and what was therefore not tried */
export function notRun(why: string): void {
  process.stdout.write(`1 test not run: ${why}\n`);
}

/** Why a test of what only Linux has is not run, null on Linux. */
export function unlessLinux(what: string): string | null {
  return process.platform === "linux" ? null : `${what} is Linux's, and this is not`;
}
