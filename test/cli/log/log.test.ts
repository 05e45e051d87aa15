// The log: levels by component, folded repetitions, no secrets, one form for people and one for
// programs.

import { expect, test } from "bun:test";
import { Log, type LogEntry } from "../../../src/cli/log/log.ts";
import { jsonLine, prettyLine } from "../../../src/cli/log/log-format.ts";
import { LogCommands, parseLevels } from "../../../src/cli/log/log-levels.ts";
import { withoutSecrets } from "../../../src/cli/log/redaction.ts";
import { TestClock } from "../../peer/scene.ts";
import { command } from "../in-process.ts";

function scene() {
  const clock = new TestClock();
  const entries: LogEntry[] = [];
  const log = new Log((entry) => entries.push(entry), clock);
  return { clock, log, texts: () => entries.map(({ text, times }) => `${text} ×${times}`) };
}

test("what repeats is said once a minute, and then how often", () => {
  const { clock, log, texts } = scene();
  for (let i = 0; i < 10; i++) log.say("network", "warn", "the same");
  log.say("peer", "warn", "the same");
  expect(texts()).toEqual(["the same ×1", "the same ×1"]);
  clock.advance(60_000);
  expect(texts().slice(2)).toEqual(["the same ×10"]);
  log.say("network", "warn", "the same");
  log.say("network", "warn", "the same");
  log.close();
  expect(texts().slice(3)).toEqual(["the same ×1", "the same ×2"]);
  expect(clock.timers).toBe(0);
});

test("ever new lines are bounded, and counted", () => {
  const { clock, log, texts } = scene();
  for (let i = 0; i < 1_000; i++) log.say("network", "warn", `line ${i}`);
  expect(texts().length).toBe(200);
  clock.advance(60_000);
  expect(texts().at(-1)).toContain("800 further lines were not written");
  log.say("network", "warn", "x".repeat(10_000));
  expect(texts().at(-1)?.length).toBeLessThan(5_000);
});

test("levels are by component, and change while it runs", () => {
  const { log, texts } = scene();
  const commands = new LogCommands(log);
  log.say("api", "debug", "unheard");
  expect(commands.handle({ command: "list" })).toBe(null);
  expect(commands.handle({ command: "log-level", target: "api=debug,tls=silent" })).toEqual({
    ok: true,
    result: { api: "debug", network: "info", peer: "info", tls: "silent" },
  });
  log.say("api", "debug", "heard");
  log.say("tls", "error", "unheard");
  log.say("network", "debug", "unheard");
  expect(texts()).toEqual(["heard ×1"]);
  commands.handle({ command: "log-level", target: "error" });
  log.say("api", "warn", "unheard");
  expect(commands.handle({ command: "log-level" })).toMatchObject({ result: { tls: "error" } });
  for (const wrong of ["loud", "api=loud", "nosuch=info", "", "api=info,,"]) {
    expect(commands.handle({ command: "log-level", target: wrong })).toMatchObject({ ok: false });
    expect(() => parseLevels(wrong)).toThrow("expected debug|info|warn|error|silent");
  }
});

test("a level that is none is a mistake of the command line, whether a peer runs or not", async () => {
  for (const wrong of ["loud", "api=loud", ""]) {
    const { exitCode, stderr } = await command("log-level", wrong, "--data-dir", "/nowhere");
    expect([exitCode, stderr]).toEqual([64, expect.stringContaining("expected debug|info|warn")]);
  }
});

/** [text, what must not be left of it] */
const SECRETS: readonly (readonly [string, string])[] = [
  ['{"seed":"00aa11","address":12}', "00aa11"],
  ["passphrase=hunter2 given", "hunter2"],
  ["Authorization: Bearer abcdef0123456789", "abcdef0123456789"],
  ["mnemonic: 'one two three'", "two"],
  ["key -----BEGIN PRIVATE KEY-----\nMIIabc\n-----END PRIVATE KEY----- end", "MIIabc"],
  ["-----BEGIN EC PRIVATE KEY-----\nMIIcut", "MIIcut"],
  ["token: s3cret;", "s3cret"],
];

for (const [text, secret] of SECRETS) {
  test(`no secret is left of ${JSON.stringify(text)}`, () => {
    expect(text).toContain(secret);
    expect(withoutSecrets(text)).not.toContain(secret);
    const { log, texts } = scene();
    log.say("api", "error", text);
    expect(texts()[0]).not.toContain(secret);
  });
}

test("keys and hashes that all may know stay", () => {
  const text = `peer ${"ab".repeat(32)} reports state ${"cd".repeat(32)}`;
  expect(withoutSecrets(text)).toBe(text);
});

test("a line for programs is JSON, one for people is words", () => {
  const entry = { timeMs: 0, level: "warn", component: "api", text: 'a "b"\nc', times: 3 } as const;
  expect(JSON.parse(jsonLine(entry))).toEqual({
    time: "1970-01-01T00:00:00.000Z",
    level: "warn",
    component: "api",
    message: 'a "b"\nc',
    times: 3,
  });
  expect(jsonLine(entry).split("\n").length).toBe(2);
  expect(prettyLine(entry)).toContain('a "b"\nc (3 times within a minute)');
});
