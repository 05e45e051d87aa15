// An address that gives no answer by HTTP is told in words of ours, with an exit code of its own,
// by each command that asks one.

import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { httpFailure } from "../../../src/cli/contact/http-failure.ts";
import { failedExit, sentenceOf } from "../../../src/cli/failure.ts";
import { ReleaseSource } from "../../../src/cli/release/release-source.ts";
import { command } from "../in-process.ts";

const folder = mkdtempSync(join(tmpdir(), "convex-http-"));
const seed = join(folder, "seed");
writeFileSync(seed, "01".repeat(32), { mode: 0o600 });
const plain = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response("x") });
afterAll(() => {
  plain.stop(true);
  rmSync(folder, { recursive: true });
});

const RELEASE_KEY = new Uint8Array(32).fill(1);
const ANSWERLESS: readonly (readonly [address: string, code: number, told: string])[] = [
  ["http://127.0.0.1:1", 69, "nobody listens there"],
  ["http://nowhere.invalid", 68, "the name does not resolve"],
  [`https://127.0.0.1:${plain.port}`, 69, "what answers there does not speak TLS"],
];

test.each(ANSWERLESS)("%s", async (address, code, told) => {
  const lines = [
    ["account", "fund", "#13", "--api", address],
    ["key", "check", "--seed-file", seed, "--api", address],
  ];
  for (const line of lines) {
    const { exitCode, stderr } = await command(...line);
    expect([line[0], exitCode, stderr]).toEqual([line[0], code, expect.stringContaining(told)]);
    expect(stderr).not.toMatch(/Unable to connect|getaddrinfo|EPROTO|verbose/);
  }
  const release = await new ReleaseSource(address, RELEASE_KEY).latest().catch((error) => error);
  const word = sentenceOf(release);
  expect([failedExit(release), word]).toEqual([code, expect.stringContaining(told)]);
});

test("certificates, silence and what is not known", () => {
  const error = (code: string, message: string) => Object.assign(new Error(message), { code });
  const self = error("DEPTH_ZERO_SELF_SIGNED_CERT", "self signed certificate");
  expect(httpFailure(self, 1_000)).toContain("NODE_EXTRA_CA_CERTS=FILE names an authority");
  const late = Object.assign(new Error("x"), { name: "TimeoutError" });
  expect(httpFailure(late, 5_000)).toBe("no answer in 5 s");
  const reset = error("ECONNRESET", "closed. For more information, pass `verbose: true`");
  expect(httpFailure(reset, 1)).toBe("the connection was closed without an answer");
  expect(httpFailure(new Error("HTTP 404"), 1)).toBe("HTTP 404");
});
