// A port of HTTPS under test: two certificates, a small app behind it, and clients that look at
// what is served.

import { X509Certificate } from "node:crypto";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import { Hono } from "hono";
import { WebSocketService } from "../../../src/net/websocket.ts";
import { SYSTEM_CLOCK } from "../../../src/peer/clock.ts";
import { type Certificate, certificateOf } from "../../../src/rest/tls/certificate.ts";
import { SecureListener } from "../../../src/rest/tls/secure-listener.ts";
import { ApiUnderTest } from "../api-under-test.ts";
import { testCertificate } from "./test-certificate.ts";

const api = new ApiUnderTest();

async function certified(name: string): Promise<Certificate> {
  const { chain, key } = await testCertificate(name);
  return certificateOf(chain, key, name);
}

export const first = await certified("first.test");
export const second = await certified("second.test");

const app = new Hono();
app.get("/", (c) => c.json({ isSecure: (c.env as { isSecure: boolean }).isSecure }));
app.get("/remote", (c) => {
  const { remote, isLocal } = c.env as { remote?: string; isLocal?: boolean };
  return c.json({ remote, isLocal });
});
app.get("/slow", async (c) => {
  await Bun.sleep(300);
  return c.text("slow");
});
export const service = {
  app,
  sockets: new WebSocketService({
    clock: SYSTEM_CLOCK,
    memory: api.messages.memory,
    accept: (link) => api.messages.attach(link),
  }),
  refusal: () => null,
};

export const newListener = () =>
  new SecureListener({ host: "127.0.0.1", port: 0 }, service, SYSTEM_CLOCK);
export async function closeApi(): Promise<void> {
  api.metrics.close();
  await api.peer.close();
}

/** A connection that has shaken hands. */
export function connected(to: SecureListener, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const { host, port } = to.address;
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, rejectUnauthorized: false, ...options }, () =>
      resolve(socket),
    );
    socket.once("error", reject);
  });
}

export async function nameServed(
  to: SecureListener,
  options: ConnectionOptions = {},
): Promise<string> {
  const socket = await connected(to, options);
  const name = new X509Certificate(socket.getPeerCertificate().raw).subject;
  socket.destroy();
  return name;
}

/**
 * Requests on connections of their own, `width` at a time, until told to end; answers the failures.
 */
export async function hammer(to: SecureListener, width: number, hasEnded: () => boolean) {
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
