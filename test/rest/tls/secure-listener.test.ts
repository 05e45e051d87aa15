// The port of HTTPS: what it speaks, and that new certificates cost no connection.

import { afterAll, expect, test } from "bun:test";
import { join } from "node:path";
import { SYSTEM_CLOCK } from "../../../src/peer/clock.ts";
import { UNTAKEN_MAX_MS } from "../../../src/rest/server.ts";
import { SecureListener } from "../../../src/rest/tls/secure-listener.ts";
import { untakenLimits } from "../../net/untaken-limits.ts";
import {
  closeApi,
  connected,
  first,
  hammer,
  nameServed,
  newListener,
  second,
  service,
} from "./secure-scene.ts";

const listener = newListener();
listener.use(first);

afterAll(async () => {
  await listener.stop(true);
  await closeApi();
});

const CROWDED = join(import.meta.dir, "crowded-process.ts");

test("the routes know that the connection is encrypted", async () => {
  const url = `https://127.0.0.1:${listener.address.port}/`;
  const response = await fetch(url, { tls: { rejectUnauthorized: false } });
  expect(await response.json()).toEqual({ isSecure: true });
});

test("TLS 1.2 and 1.3 are spoken, older ones are not", async () => {
  for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
    const socket = await connected(listener, { minVersion: version, maxVersion: version });
    expect(socket.getProtocol()).toBe(version);
    socket.destroy();
  }
  const old = connected(listener, { minVersion: "TLSv1", maxVersion: "TLSv1.1" });
  expect(old).rejects.toThrow();
  const weak = connected(listener, { maxVersion: "TLSv1.2", ciphers: "AES128-SHA" });
  expect(weak).rejects.toThrow();
});

test("connections whose other end takes nothing are ended, by each listener of the port", async () => {
  const renewed = newListener();
  for (const certificate of [first, second]) {
    renewed.use(certificate);
    const socket = await connected(renewed);
    const limits = process.platform === "linux" ? [UNTAKEN_MAX_MS] : [];
    expect(untakenLimits(renewed.address.port)).toEqual(limits);
    socket.destroy();
    while (untakenLimits(renewed.address.port).length > 0) await Bun.sleep(1);
  }
  await renewed.stop(true);
});

test("a port that another program has is not shared", async () => {
  const other = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("x") });
  const wanted = { host: "127.0.0.1", port: other.port as number };
  expect(() => new SecureListener(wanted, service, SYSTEM_CLOCK)).toThrow("--https-port");
  await other.stop(true);
  const taken = { host: "127.0.0.1", port: listener.address.port };
  expect(() => new SecureListener(taken, service, SYSTEM_CLOCK)).toThrow("--https-port");
});

test("a process that can open nothing more keeps the certificate that it serves with", async () => {
  const child = Bun.spawnSync(
    ["sh", "-c", `ulimit -n 128; exec "$0" "$1"`, process.execPath, CROWDED],
    {
      stdout: "pipe",
      stderr: "pipe",
    },
  );
  expect(child.stderr.toString()).toBe("");
  expect(child.stdout.toString()).toBe("ListenError EMFILE\nCN=first.test\nCN=second.test\n");
});

test("requests at work, idle connections and new ones outlive the exchange of certificates", async () => {
  const own = newListener();
  own.use(first);
  const { port } = own.address;
  const get = (path: string) =>
    fetch(`https://127.0.0.1:${port}${path}`, { tls: { rejectUnauthorized: false } });
  const idle = await connected(own);
  const slow = get("/slow");
  let hasEnded = false;
  const traffic = hammer(own, 8, () => hasEnded);
  for (let i = 0; i < 12; i++) {
    await Bun.sleep(60);
    const certificate = i % 2 === 0 ? second : first;
    own.use(certificate);
    expect(await nameServed(own)).toBe(`CN=${certificate.names[0]}`);
  }
  expect(await (await slow).text()).toBe("slow");
  hasEnded = true;
  const { count, failures } = await traffic;
  expect(failures).toEqual([]);
  expect(count).toBeGreaterThan(50);
  const answered = new Promise<string>((resolve) => idle.once("data", (d) => resolve(String(d))));
  idle.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  expect(await answered).toStartWith("HTTP/1.1 200");
  idle.destroy();
  await own.stop(true);
});
