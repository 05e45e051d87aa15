// Help fits the terminal, names every flag as it is typed, and complaints say where to read on.

import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { root } from "../../src/cli/application.ts";
import { CHECKS } from "../../src/cli/commands/doctor.ts";
import { commandOf } from "../../src/cli/config/configuration.ts";
import { flagsOf, kebab } from "../../src/cli/config/setting.ts";
import { flagSections } from "../../src/cli/help/flag-help.ts";
import { widthOf, wrapped } from "../../src/cli/help/wrap.ts";
import { command } from "./in-process.ts";

/** The words of every command and group of commands. */
function everyPath(target: typeof root, path: string[] = []): string[][] {
  return target.getAllEntries().flatMap(({ name, target: next, hidden }) => {
    if (hidden) return [];
    const here = [...path, name.original];
    return "getAllEntries" in next ? [here, ...everyPath(next as typeof root, here)] : [here];
  });
}

/** Lines that are too long, but for a name or an address that can't be broken. */
function tooLong(lines: readonly string[], width: number): string[] {
  return lines.filter((line) => line.length > width && line.trim().split(" ").length > 2);
}

/** Lines of prose that end though the next word would have fitted. */
function brokenEarly(lines: readonly string[], width: number): string[] {
  return lines.filter((line, i) => {
    const next = lines[i + 1] ?? "";
    const isProse = /^\S.*[a-z ]/.test(line) && /^\S.*[a-z ]/.test(next);
    const isEnded = /[.:]$/.test(line) || /^Example:/.test(next);
    return isProse && !isEnded && line.length + 1 + (next.split(" ")[0] ?? "").length <= width;
  });
}

const PATHS = [[], ...everyPath(root)];

test.each(PATHS.map((path) => [path.join(" ")] as const))("%s --help", async (words) => {
  const path = words.split(" ").filter((word) => word !== "");
  const { exitCode, stdout } = await command(...path, "--help");
  expect(exitCode).toBe(0);
  expect(tooLong(stdout.split("\n"), 80)).toEqual([]);
  expect(brokenEarly(stdout.split("\n"), 80)).toEqual([]);
  const found = commandOf(root, path);
  if (found === null) return;
  for (const width of [40, 60, 100]) {
    expect(tooLong(flagSections(found.command, width), width)).toEqual([]);
  }
  for (const [flag, { hidden }] of Object.entries(flagsOf(found.command))) {
    expect(stdout.includes(`${kebab(flag)} `) || stdout.includes(`${kebab(flag)}\n`)).toBe(
      hidden !== true,
    );
  }
});

test("README.md names each command beside its group, and counts the checks of doctor", () => {
  const rows = readFileSync(`${import.meta.dir}/../../README.md`, "utf8")
    .split("\n")
    .filter((line) => line.startsWith("| `convex-peer "));
  const isNamed = (path: readonly string[]) =>
    rows.some((row) => path.every((word) => new RegExp(`[\\s\`]${word}[\\s\`]`).test(row)));
  expect(everyPath(root).filter((path) => !isNamed(path))).toEqual([]);
  expect(rows.some((row) => row.includes(`; ${CHECKS.length} checks `))).toBe(true);
});

test("the many flags of start come in groups", async () => {
  const { stdout } = await command("start", "--help");
  const headings = stdout.split("\n").filter((line) => /^[A-Z' ]+$/.test(line) && line !== "");
  expect(headings).toEqual(["USAGE", "DATA", "NETWORK", "KEY", "HTTP API", "HTTPS", "OTHER FLAGS"]);
  expect(stdout).toContain("--api-port N");
  expect(stdout).toMatch(/\(default:\s+8080\)/);
  expect(stdout).not.toContain("default = ");
});

test("help is what who types `help` gets, and who types nothing", async () => {
  const whole = (await command("--help")).stdout;
  expect([(await command("help")).stdout, (await command()).stdout]).toEqual([whole, whole]);
  const ofOne = await command("help", "key", "new");
  expect(ofOne).toEqual(await command("key", "new", "--help"));
  expect(await command("key")).toEqual(await command("key", "--help"));
});

test("a terminal is filled, within reason", () => {
  expect(widthOf({ isTTY: false, columns: 200 })).toBe(80);
  expect(widthOf({ isTTY: true, columns: 60 })).toBe(60);
  expect(widthOf({ isTTY: true, columns: 300 })).toBe(100);
  expect(widthOf({ isTTY: true, columns: 0 })).toBe(80);
  expect(wrapped("  a bb ccc", 6, 4)).toEqual(["  a bb", "    ccc"]);
  expect(wrapped("averylongword b", 5)).toEqual(["averylongword", "b"]);
});

test("what is mistyped is said with flags as they are typed, and where to read on", async () => {
  const flag = await command("key", "import", "--pem", "x");
  expect(flag.stderr).toContain("did you mean --pem-file or --key?");
  expect(flag.stderr).toContain("See `convex-peer key import --help`.");
  const value = await command("start", "--api-port", "99999");
  expect(value.stderr).toStartWith(
    "convex-peer: --api-port: expected a port number from 0 to 65535",
  );
  const shell = await command("completions", "tcsh");
  expect(shell.stderr).toStartWith("convex-peer: SHELL: expected bash, zsh, fish, found 'tcsh'");
  const missing = await command("genesis");
  expect(missing.stderr).toStartWith("convex-peer: --out is needed, with its value");
  const inGroup = await command("key", "nothing");
  expect(inGroup.stderr).toContain("See `convex-peer key --help`.");
  const name = await command("strat");
  expect([name.exitCode, name.stderr]).toEqual([
    64,
    expect.stringContaining("did you mean `start`?"),
  ]);
  expect(name.stderr).toContain("See `convex-peer --help`.");
});

test.each([
  [
    ["stake", "add", "5", "--passphrase-file", "x"],
    "--passphrase-file, did you mean --controller-passphrase-file?",
  ],
  [["key", "sign", "--controller-key", "x"], "--controller-key, did you mean --key?"],
  [["--hlep"], "No flag registered for --hlep, did you mean --help?"],
  [["--nothing-like-it"], "No flag registered for --nothing-like-it\n"],
  [["stake", "add"], "CVM is needed\n"],
  [["account", "balance"], "#N is needed\n"],
  [["service", "install", "--outgoing", "3"], "--outgoing: flags of `start` stand behind --\n"],
  [["service", "status", "--outgoing", "3"], "No flag registered for --outgoing\n"],
])("%p is told what was meant", async (words, told) => {
  const { exitCode, stderr } = await command(...words);
  expect(stderr).toContain(told);
  expect(exitCode).toBe(64);
});
