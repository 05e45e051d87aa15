// The second screen, on which words are shown: it goes, with what is on it, on a signal that comes
// while no question is open, as before the first one.

import { expect, test } from "bun:test";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "..", "..", "..");
const LEAVE = "\x1b[?1049l";
const INTERRUPT = 130;

test.each(["SIGINT", "SIGTERM"] as const)(
  "%s before a question takes the words away",
  async (signal) => {
    const script = `
    import { guarded } from "./src/cli/failure.ts";
    import { onSecondScreen } from "./src/cli/terminal/terminal.ts";
    await guarded(() => onSecondScreen(async () => {
      process.stderr.write("the words");
      process.kill(process.pid, "${signal}");
      await new Promise((resolve) => process.stdin.once("end", resolve).resume());
    }));`;
    const child = Bun.spawn([process.execPath, "-e", script], {
      cwd: ROOT,
      stdin: "pipe",
      stderr: "pipe",
    });
    const shown = await new Response(child.stderr).text();
    expect(await child.exited).toBe(INTERRUPT);
    expect(shown.slice(shown.indexOf("the words"))).toBe(
      `the words${LEAVE}convex-peer: Stopped: nothing was changed\n`,
    );
  },
);
