// Network namespaces: a test that runs servers of others keeps them where nothing else can be
// reached.

const SPACE_VARIABLE = "CONVEX_TEST_SPACE";

/** Runs `ip`. @throws Error with what it says when it fails */
export function ip(...args: string[]): void {
  const { exitCode, stderr } = Bun.spawnSync(["ip", ...args]);
  if (exitCode !== 0) throw new Error(`ip ${args.join(" ")}: ${stderr.toString().trim()}`);
}

/** Whether this process may make namespaces. */
export function hasSpaces(): boolean {
  if (process.getuid?.() !== 0 || Bun.which("ip") === null) return false;
  const name = `cvx-probe-${process.pid}`;
  if (Bun.spawnSync(["ip", "netns", "add", name]).exitCode !== 0) return false;
  ip("netns", "del", name);
  return true;
}

/** Makes a namespace that has only loopback. */
export function makeSpace(name: string): void {
  ip("netns", "add", name);
  ip("netns", "exec", name, "ip", "link", "set", "lo", "up");
}

export function removeSpace(name: string): void {
  ip("netns", "del", name);
}

/** Runs this very program again in a namespace of its own, and `body` there. */
export async function inOwnSpace(body: () => Promise<void>): Promise<void> {
  if (process.env[SPACE_VARIABLE] !== undefined) return body();
  const name = `cvx-${process.pid}`;
  makeSpace(name);
  try {
    const child = Bun.spawn(["ip", "netns", "exec", name, ...process.execArgv, ...process.argv], {
      stdout: "inherit",
      stderr: "inherit",
      env: { ...process.env, [SPACE_VARIABLE]: name },
    });
    process.exitCode = await child.exited;
  } finally {
    removeSpace(name);
  }
}
