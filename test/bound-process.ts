// What a test has started ends with it, however it ends: `bun test` tells nobody when it ends, and
// a peer that is left behind holds the output that CI reads to its end.

let prefix: readonly string[] | null = null;

/** That of util-linux; busybox's has no such option, and other systems have neither. */
function setpriv(): readonly string[] {
  const path = Bun.which("setpriv");
  if (path === null) return [];
  const words = [path, "--pdeathsig", "KILL", "--"];
  return Bun.spawnSync([...words, "true"]).exitCode === 0 ? words : [];
}

/**
 * A command line whose process, of the same id, Linux ends with SIGKILL when the one that starts it
 * has ended. What it starts in turn is not bound.
 */
export function bound(words: readonly string[]): string[] {
  prefix ??= setpriv();
  return [...prefix, ...words];
}

/** Whether this machine binds anything. */
export function canBind(): boolean {
  return bound([]).length > 0;
}
