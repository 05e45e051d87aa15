// The port of HTTPS: what it speaks, and that new certificates cost no connection.

import { afterAll, expect, test } from "bun:test";
import { X509Certificate } from "node:crypto";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import { Hono } from "hono";
import { WebSocketService } from "../../../src/net/websocket.ts";
import { SYSTEM_CLOCK } from "../../../src/peer/clock.ts";
import { certificateOf } from "../../../src/rest/tls/certificate.ts";
import { SecureListener } from "../../../src/rest/tls/secure-listener.ts";
import { ApiUnderTest } from "../api-under-test.ts";
import { testCertificate } from "./test-certificate.ts";

const api = new ApiUnderTest();
const [first, second] = await Promise.all(
  ["first.test", "second.test"].map(async (name) => {
    const { chain, key } = await testCertificate(name);
    return certificateOf(chain, key, name);
  }),
);
if (first === undefined || second === undefined) throw new Error("there are two certificates");

const app = new Hono();
app.get("/", (c) => c.json({ isSecure: (c.env as { isSecure: boolean }).isSecure }));
app.get("/slow", async (c) => {
  await Bun.sleep(300);
  return c.text("slow");
});
const service = {
  app,
  sockets: new WebSocketService({
    clock: SYSTEM_CLOCK,
    memory: api.messages.memory,
    accept: (link) => api.messages.attach(link),
  }),
  refusal: () => null,
};

const newListener = () => new SecureListener({ host: "127.0.0.1", port: 0 }, service, SYSTEM_CLOCK);
const listener = newListener();
listener.use(first);

afterAll(async () => {
  await listener.stop(true);
  api.metrics.close();
  await api.peer.close();
});

/** A connection that has shaken hands. */
function connected(to: SecureListener, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const { host, port } = to.address;
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, rejectUnauthorized: false, ...options }, () =>
      resolve(socket),
    );
    socket.once("error", reject);
  });
}

async function nameServed(to: SecureListener): Promise<string> {
  const socket = await connected(to);
  const name = new X509Certificate(socket.getPeerCertificate().raw).subject;
  socket.destroy();
  return name;
}

/** Requests on connections of their own, `width` at a time, until told to end; answers the failures. */
async function hammer(to: SecureListener, width: number, hasEnded: () => boolean) {
  const failures: string[] = [];
  let count = 0;
  const one = async () => {
    const socket = await connected(to);
    const answer = new Promise<string>((resolve, reject) => {
      let text = "";
      socket.on("data", (bytes) => {
        text += String(bytes);
      });
      socket.on("close", () => resolve(text));
      socket.on("error", reject);
    });
    socket.write("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    if (!(await answer).startsWith("HTTP/1.1 200")) throw new Error("no answer");
    count++;
  };
  const lane = async () => {
    while (!hasEnded()) await one().catch((error: Error) => failures.push(error.message));
  };
  await Promise.all(Array.from({ length: width }, lane));
  return { count, failures };
}

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

test("a port that another program has is not shared", async () => {
  const other = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("x") });
  const wanted = { host: "127.0.0.1", port: other.port as number };
  expect(() => new SecureListener(wanted, service, SYSTEM_CLOCK)).toThrow("--https-port");
  await other.stop(true);
  const taken = { host: "127.0.0.1", port: listener.address.port };
  expect(() => new SecureListener(taken, service, SYSTEM_CLOCK)).toThrow("--https-port");
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
