// The command lines of the tools for developers.

import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import packageJson from "../../package.json" with { type: "json" };
import { HelpAsked, parseArguments, UsageError } from "../../release/tool.ts";
import { type Outcome, outcomeOf } from "../process-outcome.ts";

const ROOT = join(import.meta.dir, "..", "..");
const EX_USAGE = 64;

const TOOL = {
  command: "bun run example",
  usage: "",
  flags: { seed: "text", all: "switch" },
  places: ["DIR"],
} as const;

const parse = (...args: string[]) => parseArguments(TOOL, args);

describe("the command line of a tool", () => {
  test("has flags with and without a value, and places", () => {
    expect(parse("here", "--seed", "7", "--all")).toEqual({
      values: { seed: "7", all: true },
      positionals: ["here"],
    });
    expect(parse("--seed=-1")).toEqual({ values: { seed: "-1", all: false }, positionals: [] });
    expect(parse("--", "--all").positionals).toEqual(["--all"]);
  });

  test.each([
    [["--sed", "7"], "there is no flag --sed: expected one of --seed, --all, --help"],
    [["-s"], "there is no flag -s: expected one of --seed, --all, --help"],
    [["--toString"], "there is no flag --toString"],
    [["--seed"], "--seed: expected a value, found nothing"],
    [["--seed", "--all"], "--seed: expected a value, found --all"],
    [["--all=no"], "--all: expected no value, found 'no'"],
    [["here", "there"], "'there' is too much: nothing is expected after DIR"],
  ])("refuses %p", (args, words) => {
    expect(() => parse(...args)).toThrow(UsageError);
    expect(() => parse(...args)).toThrow(words);
  });

  test("asks for help wherever it does, also beside a mistake", () => {
    expect(() => parse("--nonsense", "-h")).toThrow(HelpAsked);
    expect(() => parse("here", "--help")).toThrow(HelpAsked);
  });
});

/** Runs a tool as a script of package.json, or a file. */
async function run(name: string, ...args: string[]): Promise<Outcome> {
  const child = Bun.spawn([process.execPath, "run", "--silent", name, ...args], {
    cwd: ROOT,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  return outcomeOf(child);
}

/** Scripts whose command line is that of another program, or of the peer. */
const OTHERS = ["start", "local", "test", "check", "format"];
const TOOLS = [
  ...Object.keys(packageJson.scripts).filter((name) => !OTHERS.includes(name)),
  "test/genesis/properties/main.ts",
  "test/genesis/differential.ts",
  "test/keys/random-mnemonics.ts",
  "test/e2e/kill-rounds.ts",
];

describe.each(TOOLS)("%s", (name) => {
  test("tells its use, with every flag that it takes, and refuses others", async () => {
    const [help, wrong] = await Promise.all([run(name, "--help"), run(name, "--no-such-flag")]);
    expect(help).toMatchObject({ exitCode: 0, stderr: "" });
    expect(help.stdout).toStartWith(`usage: bun run ${name}`);
    expect(wrong).toMatchObject({ exitCode: EX_USAGE, stdout: "" });
    expect(wrong.stderr).toMatch(/^bun run \S+: there is no flag --no-such-flag: expected .*\n$/);
    const flags = wrong.stderr.match(/--[a-z-]+/g)?.slice(1) ?? [];
    const untold = flags.filter((flag) => flag !== "--help" && !help.stdout.includes(flag));
    expect(untold).toEqual([]);
  });
});

describe("a bad value", () => {
  test.each([
    ["bench", ["nothing-of-that-name"], "NAME: expected the beginning of one of "],
    ["bench", ["--binary", "/nowhere"], "--binary: there is no '/nowhere'"],
    ["sim", ["--rounds", "many"], "--rounds: expected a whole number from 0 on, found 'many'"],
    ["hostile", ["--only", "nothing"], "--only: expected a part of one of 100000 mutated frames"],
    ["hostile", ["0x"], "FRAMES: expected a whole number from 1 on, found '0x'"],
    ["fuzz", ["--target", "none"], "--target: expected one of decode, "],
    ["fuzz", ["--replay", "reader"], "--replay: expected TARGET:SEED:CASE, found 'reader'"],
    ["conformance", [], "DIR is needed"],
    ["conformance", ["/nowhere"], "DIR: there is no '/nowhere'"],
    ["interop", ["mixd"], "what to do: expected one of mixed, partition, history, programs"],
    ["interop", ["programs", "--kind", "x"], "--kind: expected one of vectors, "],
    ["interop", ["programs", "--ours", "1"], "--ours is not for programs: expected one of --kind"],
    ["interop", ["mixed", "--port", "70000"], "--port: expected a whole number from 1 to 65535"],
    ["recordings", ["one"], "RECORDINGS and GENESIS are needed"],
    ["schemathesis", ["many"], "EXAMPLES: expected a whole number from 1 on, found 'many'"],
    ["new-user", ["now"], "'now' is too much: nothing is expected that is no flag"],
    ["release", [], "--signing-key FILE is needed"],
    ["build", ["--target", "amiga"], "--target: expected one of linux-x64, "],
  ])("of %s %p is refused in a sentence", async (name, args, words) => {
    const { exitCode, stdout, stderr } = await run(name, ...args);
    expect({ exitCode, stdout }).toEqual({ exitCode: EX_USAGE, stdout: "" });
    expect(stderr).toContain(`bun run ${name}: ${words}`);
    expect(stderr.split("\n")).toHaveLength(2);
  });

  test("of a key that is none is refused in a sentence", async () => {
    const folder = mkdtempSync(join(tmpdir(), "convex-tool-"));
    const file = join(folder, "key.pem");
    writeFileSync(file, "no key\n");
    const { exitCode, stderr } = await run("release", "--signing-key", file);
    rmSync(folder, { recursive: true });
    expect(exitCode).toBe(EX_USAGE);
    expect(stderr).toContain("--signing-key: expected an Ed25519 private key as PEM");
    expect(stderr.split("\n")).toHaveLength(2);
  });
});
