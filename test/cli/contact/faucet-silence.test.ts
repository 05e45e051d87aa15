// A faucet that is asked, and does not say what came of it; and flags that a faucet knows nothing
// of.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command } from "../in-process.ts";
import { publicKey } from "../network-scene.ts";

const TEMPFAIL = 75;
const USAGE = 64;

const folder = mkdtempSync(join(tmpdir(), "convex-faucet-"));
let server: Server;
let api: string;
/** What is done with a request. */
let treat: "hang up" | "answer" | "say nothing" = "hang up";
beforeAll(async () => {
  server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => {
      if (treat === "hang up") socket.destroy();
      if (treat !== "answer") return;
      const body = '{"errorCode":"TIMEOUT","value":"not final yet"}';
      const head = `HTTP/1.1 408 Request Timeout\r\ncontent-length: ${body.length}\r\n`;
      socket.end(`${head}content-type: application/json\r\nconnection: close\r\n\r\n${body}`);
    });
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  api = `http://127.0.0.1:${(server.address() as { readonly port: number }).port}`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

test("what a faucet may have given is told so, with how to see it", async () => {
  for (const how of ["hang up", "answer", "say nothing"] as const) {
    treat = how;
    const asked = ["--api", api, "--data-dir", folder, "--timeout", "0.5"];
    const given = await command("account", "fund", "#12", ...asked);
    expect([how, given.exitCode]).toEqual([how, TEMPFAIL]);
    expect(given.stderr).toContain("may have given all the same");
    expect(given.stderr).toContain("`convex-peer account info '#12'`");
    const made = await command("account", "create", "--public-key", publicKey(3), ...asked);
    expect([made.exitCode, made.stderr]).toEqual([
      TEMPFAIL,
      expect.stringContaining("asked again, it makes another account"),
    ]);
  }
});

test("a faucet that refuses, fails or is not there has given nothing, and each is told apart", async () => {
  const answers = [
    [403, {}, 77, "has no faucet: have an account pay with --from"],
    [429, { error: "too often" }, 69, "refuses: too often"],
    [500, {}, 69, "refuses: status 500"],
    [200, { errorCode: "FUNDS", value: "too poor" }, 65, "fails: :FUNDS too poor"],
  ] as const;
  for (const [status, body, exit, told] of answers) {
    const web = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: () => Response.json(body, { status }),
    });
    const asked = ["--api", `http://127.0.0.1:${web.port}`, "--data-dir", folder];
    for (const words of [
      ["fund", "#12"],
      ["create", "--public-key", publicKey(3)],
    ]) {
      const { exitCode, stdout, stderr } = await command("account", ...words, ...asked);
      expect([exitCode, stdout, stderr]).toEqual([exit, "", expect.stringContaining(told)]);
    }
    await web.stop(true);
  }
});

test("flags of an account that pays are refused where a faucet would", async () => {
  for (const flag of [
    ["--via", "127.0.0.1:1"],
    ["--key-file", "absent"],
  ]) {
    const { exitCode, stderr } = await command("account", "fund", "#12", "--api", api, ...flag);
    expect([exitCode, stderr]).toEqual([USAGE, expect.stringContaining("--from '#N'")]);
  }
});
