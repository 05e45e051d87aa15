// Settings: `flags > environment > file > default`, and what is refused.

import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../../src/cli/application.ts";
import { SETTINGS } from "../../src/cli/commands/config.ts";
import { withConfiguration } from "../../src/cli/config/configuration.ts";
import { command, json } from "./in-process.ts";

const CONFIG = 78;
const NOINPUT = 66;

let folder: string;
let file: string;
const before = { ...process.env };
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "convex-config-"));
  file = join(folder, "config.toml");
});
afterEach(() => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
});
afterAll(() => rmSync(folder, { recursive: true }));

function useFile(text: string): void {
  writeFileSync(file, text);
  process.env.CONVEX_CONFIG = file;
}

const typed = (...words: string[]) => withConfiguration(root, words, SETTINGS);

test("each source is overruled by the one before it", async () => {
  useFile('data-dir = "/from/file"\n[start]\napi-port = 1\noutgoing = 7\nfaucet = true\n');
  process.env.CONVEX_API_PORT = "2";
  expect(typed("start", "--outgoing", "3")).toEqual([
    "start",
    "--data-dir=/from/file",
    "--api-port=2",
    "--faucet",
    "--outgoing",
    "3",
  ]);
  const { settings } = await json("config", "show");
  const of = (name: string) => settings.find((each: { name: string }) => each.name === name);
  expect(of("start.api-port")).toMatchObject({
    value: "2",
    origin: "CONVEX_API_PORT (environment)",
  });
  expect(of("start.outgoing")).toMatchObject({ value: "7", origin: `${file} [start] outgoing` });
  expect(of("start.bind")).toMatchObject({ value: "::", origin: "default" });
  const shown = await command("config", "show", "--origin");
  expect(shown.stdout).toMatch(/start\.api-port +2 +CONVEX_API_PORT/);
});

test("a flag overrules however it is spelt, and so does its alternative", () => {
  useFile('[start]\napi-port = 1\nfaucet = true\nkey = "ab"\nport = 5\n');
  expect(
    typed("start", "--apiPort=4", "--no-faucet", "--key-file", "k", "--peer-port", "6"),
  ).toEqual(["start", "--apiPort=4", "--no-faucet", "--key-file", "k", "--peer-port", "6"]);
});

test("lists and booleans are typed as flags are", () => {
  useFile('[start]\njoin = ["a.example:1", "b.example:2"]\nfaucet = false\n');
  expect(typed("start")).toEqual(["start", "--join=a.example:1,b.example:2", "--no-faucet"]);
});

test("what is set for start does not change other commands, and the other way round", () => {
  useFile(
    '[start]\nport = 5\nkey = "ab"\n[client]\nhost = "peer.example"\nport = 9\naddress = "#12"\n',
  );
  process.env.CONVEX_PEER_PORT = "6";
  expect(typed("start")).toEqual(["start", "--port=6", "--key=ab"]);
  expect(typed("local")).toEqual(["local"]);
  expect(typed("query", "1")).toEqual([
    "query",
    "--host=peer.example",
    "--port=9",
    "--address=#12",
    "1",
  ]);
  expect(typed("query", "1", "--via", "x:1")).toEqual([
    "query",
    "--address=#12",
    "1",
    "--via",
    "x:1",
  ]);
  expect(typed("stake", "show")).toEqual(["stake", "show", "--host=peer.example", "--port=9"]);
  expect(typed("status")).toEqual(["status"]);
  expect(typed("key", "list")).toEqual(["key", "list"]);
});

test("unknown keys are refused with what was meant, and wrong values with where they stand", async () => {
  const refused = async (text: string) => {
    useFile(text);
    const { exitCode, stderr } = await command("key", "list", "--data-dir", folder);
    expect(exitCode).toBe(CONFIG);
    return stderr;
  };
  expect(await refused("[start]\napi-prot = 1\n")).toContain("did you mean 'api-port'?");
  expect(await refused("[strat]\nport = 1\n")).toContain("did you mean 'start'?");
  expect(await refused("zzzzzz = 1\n")).toContain("there are data-dir");
  expect(await refused("[start]\napi-port = 99999\n")).toContain(
    "[start] api-port: expected a port",
  );
  expect(await refused('[start]\nfaucet = "maybe"\n')).toContain("true or false");
  expect(await refused("[start]\nport = { a = 1 }\n")).toContain("expected a text");
  expect(await refused("start = 1\n")).toContain("is a table");
  const line = async (text: string) =>
    Number(/, line (\d+): this is not TOML/.exec(await refused(text))?.[1]);
  expect(await line("port = \n")).toBe(1);
  expect(await line("[start]\napi-port = 1\n\noutgoing = 'x\nfaucet = true\n")).toBe(4);
  expect(await line("[start]\njoin = [\n  'a:1',\n]\nport = 5\nport = 6\nurl = 'x'\n")).toBe(6);
  expect(await line("[start]\nurl = 'x'\njoin = [\n  'a:1',\nport = 5\n")).toBe(3);
  const checked = await command("config", "check");
  expect(checked.exitCode).toBe(CONFIG);
  const help = await command("start", "--help");
  expect([help.exitCode, help.stdout]).toEqual([0, expect.stringContaining("--api-port")]);
});

test("all mistakes are told at once, with their lines", async () => {
  useFile(
    [
      "data-dri = '/x'",
      "[start]",
      "# api-port = 1",
      "api-port = 99999",
      "https-port = 8443",
      "acme-email = 'a@b.example'",
      "join = [",
      "  'a:1',",
      "  'b:x',",
      "]",
      "[client]",
      "'port' = 70000",
      "api-port = 5",
    ].join("\n"),
  );
  process.env.CONVEX_OUTGOING = "many";
  process.env.CONVEX_JION = "a:1";
  const told = [
    /, line 1: unknown key 'data-dri': did you mean 'data-dir'\?$/,
    /, line 4: \[start\] api-port: expected a port number .* found '99999'$/,
    /, line 7: \[start\] join: /,
    /, line 12: \[client\] port: expected a port number/,
    /, line 13: unknown key in \[client\] 'api-port'/,
    /^CONVEX_OUTGOING \(environment\): /,
  ];
  const own = [
    /\[start\] https-port: --https-port has no effect without/,
    /\[start\] acme-email: --acme-email has no effect without/,
    /^The environment variable CONVEX_JION sets nothing/,
  ];
  const check = await command("config", "check");
  const lines = check.stderr.trimEnd().split("\n");
  expect(check.exitCode).toBe(CONFIG);
  expect(lines.pop()).toBe("convex-peer: The configuration has 9 mistakes");
  for (const [i, pattern] of [...told, ...own].entries()) expect(lines[i]).toMatch(pattern);
  const asJson = await command("config", "check", "--json");
  expect(JSON.parse(asJson.stdout).faults).toEqual(lines);
  // Commands that can't go on tell as much.
  const { exitCode, stderr } = await command("key", "list");
  expect([exitCode, stderr.split("\n").length]).toEqual([CONFIG, told.length + 2]);
  expect(stderr).toStartWith("convex-peer: the configuration has 6 mistakes:\n  ");
});

test("of another program's file some keys are named, and the others counted", async () => {
  const keys = Array.from({ length: 3_000 }, (_, i) => `key-${i} = 1\n`).join("");
  useFile(`[start]\nport = 99999\n${keys}`);
  const { exitCode, stderr } = await command("config", "check");
  expect(exitCode).toBe(CONFIG);
  expect(stderr.match(/unknown key in/g)?.length).toBe(20);
  expect(stderr).toContain("port: expected a port number");
  expect(stderr).toContain(`${file}: and 2980 unknown keys more: is it convex-peer's?`);
});

test("config check counts what is set, and names variables that set nothing", async () => {
  useFile("[start]\napi-port = 1\n");
  const right = await command("config", "check");
  expect([right.exitCode, right.stdout]).toEqual([0, expect.stringContaining("1 setting, ")]);
  process.env.CONVEX_API_PROT = "1";
  const wrong = await command("config", "check");
  expect([wrong.exitCode, wrong.stderr]).toEqual([
    CONFIG,
    expect.stringContaining("did you mean CONVEX_API_PORT?"),
  ]);
});

test("start warns of variables that were meant to set something", async () => {
  useFile("");
  process.env.CONVEX_START_PORT = "1";
  process.env.CONVEX_JION = "a:1";
  process.env.CONVEX_OF_ANOTHER_PROGRAM = "1";
  const { stderr } = await command("start", "--genesis", "/nowhere");
  const status = await command("status", "--data-dir", "/nowhere");
  // As the log has it where there is no terminal.
  const warnings = stderr
    .split("\n")
    .slice(0, -2)
    .map((line) => JSON.parse(line));
  expect(warnings.map(({ level, message }) => `${level} ${message}`).sort()).toEqual([
    "warn CONVEX_JION sets nothing: did you mean CONVEX_JOIN?",
    "warn CONVEX_START_PORT sets nothing: did you mean CONVEX_PEER_PORT?",
  ]);
  expect(status.stderr).not.toContain("sets nothing");
});

test("--config names the file; one that is not there is an error, none is none", async () => {
  useFile("[start]\napi-port = 1\n");
  const path = process.env.CONVEX_CONFIG as string;
  delete process.env.CONVEX_CONFIG;
  expect((await json("config", "show", "--config", path)).file).toBe(path);
  process.env.CONVEX_CONFIG = join(folder, "none.toml");
  expect((await command("key", "list", "--data-dir", folder)).exitCode).toBe(NOINPUT);
  process.env.CONVEX_CONFIG = "";
  expect((await json("config", "show")).file).toBe(null);
  expect((await command("config", "check")).stdout).toEndWith(" 0 settings, no file.\n");
});

test("no setting takes a secret, and each has its own variable", () => {
  const variables = SETTINGS.map(({ variable }) => variable);
  expect(new Set(variables).size).toBe(variables.length);
  expect(SETTINGS.filter(({ key }) => /seed$|passphrase$|mnemonic$/.test(key))).toEqual([]);
});
