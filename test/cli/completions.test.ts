// Completion in bash, zsh and fish, as the shells themselves do it.

import { expect, test } from "bun:test";
import { notRun } from "../not-run.ts";
import { outcomeOf } from "../process-outcome.ts";
import { command } from "./in-process.ts";
import { program } from "./terminal-session.ts";

const peer = () => `convex-peer() { ${program().join(" ")} "$@"; }`;

/** Runs a script in a shell; null when the machine has none, which is said. */
async function inShell(shell: string, script: string): Promise<string[] | null> {
  if (Bun.which(shell) === null) {
    notRun(`${shell} is not here; its completions were not tried`);
    return null;
  }
  const child = Bun.spawn([shell, "-c", script], { stdout: "pipe", stderr: "pipe" });
  const { exitCode, stdout, stderr } = await outcomeOf(child);
  expect([exitCode, stderr]).toEqual([0, ""]);
  return stdout.trim().split("\n");
}

const scriptFor = async (shell: string) => (await command("completions", shell)).stdout;

test("bash", async () => {
  const script = await scriptFor("bash");
  const complete = (...words: string[]) =>
    inShell(
      "bash",
      `${peer()}\n${script}\nCOMP_WORDS=(convex-peer ${words.map((word) => `"${word}"`).join(" ")})\n` +
        `COMP_CWORD=${words.length}\n_convex_peer\nprintf '%s\\n' "\${COMPREPLY[@]}"`,
    );
  expect(await complete("stake", "w")).toEqual(["withdraw"]);
  expect(await complete("start", "--api-p")).toEqual(["--api-port"]);
  expect(await complete("completions", "")).toEqual(["bash", "zsh", "fish"]);
});

test("zsh", async () => {
  const script = await scriptFor("zsh");
  const stubs = `compdef() { }\n_describe() { print -l -- "\${(@P)2}" }\n_files() { print files }`;
  const complete = (...words: string[]) =>
    inShell(
      "zsh",
      `${peer()}\n${stubs}\n${script}\nwords=(convex-peer ${words.map((word) => `"${word}"`).join(" ")})\n` +
        `CURRENT=${words.length + 1}\n_convex_peer`,
    );
  const found = await complete("stake", "w");
  if (found === null) return;
  expect(found.length).toBe(1);
  expect(found[0]).toStartWith("withdraw:Take stake back");
  expect(await complete("key", "list", "--data-dir", "")).toEqual(["files"]);
});

test("fish", async () => {
  const script = await scriptFor("fish");
  const found = await inShell(
    "fish",
    `function convex-peer\n ${program().join(" ")} $argv\nend\n${script}\ncomplete -C "convex-peer stake w"`,
  );
  if (found === null) return;
  expect(found[0]).toStartWith("withdraw\tTake stake back");
});

test("another shell is refused with those there are", async () => {
  const { exitCode, stderr } = await command("completions", "tcsh");
  expect([exitCode, stderr]).toEqual([64, expect.stringContaining("bash, zsh, fish")]);
});
