// Certificates by ACME, from Pebble: a peer gets one, renews it under traffic, keeps it over a
// restart, and says what is wrong when there is none to be had. It needs Go; where that is missing
// the test says so and counts as passed over. CONVEX_PEER_BINARY names a compiled executable.

import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { connect } from "node:tls";
import { renewalAdvice } from "../../src/rest/tls/renewal-info.ts";
import { notRun } from "../not-run.ts";
import { PATIENCE_MS, TEST_MS } from "../patience.ts";
import { freePort, Pebble, pebbleProgram } from "./pebble.ts";
import { PeerProcess, type StartOptions } from "./peer-process.ts";

setDefaultTimeout(TEST_MS);

const LIFE_SECONDS = 15;
/** Where Pebble finds this name: an address on which nothing of ours listens. */
const STRAY = "stray.peer.test";

const binary = process.env.CONVEX_PEER_BINARY;
const httpPort = freePort();
/** Where Pebble looks for the challenge TLS-ALPN-01. */
const tlsPort = freePort();
const stops: (() => Promise<unknown>)[] = [];

afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
});

async function pebbleOrNot(): Promise<Pebble | null> {
  const found = await pebbleProgram();
  if ("missing" in found) {
    notRun(`${found.missing}; ACME was not tried`);
    return null;
  }
  const pebble = await Pebble.start({
    program: found.path,
    httpPort,
    tlsPort,
    lifeSeconds: LIFE_SECONDS,
    addressOf: (name) => (name === STRAY ? "127.0.0.2" : "127.0.0.1"),
  });
  stops.push(() => pebble.stop());
  return pebble;
}

/** A peer's ports of plain HTTP, null for none, and of HTTPS. */
interface Ports {
  readonly http: number | null;
  readonly https: number;
}

async function peerFor(
  domain: string,
  pebble: Pebble,
  { http, https }: Ports,
  more: Partial<StartOptions>,
) {
  const ports = ["--http-port", `${http ?? "off"}`, "--https-port", `${https}`];
  const authority = ["--acme-directory", pebble.directory, "--acme-ca", pebble.caFile];
  const peer = await PeerProcess.start({
    ...more,
    binary,
    command: "start",
    extra: ["--domain", domain, "--api-bind", "127.0.0.1", ...ports, ...authority],
  });
  stops.push(async () => {
    await peer.end("SIGKILL");
    peer.removeData();
  });
  return peer;
}

/** The certificate that is served, checked against the root; null when nothing is served yet. */
function served(port: number, ca: string, servername: string): Promise<X509Certificate | null> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port, ca, servername }, () => {
      resolve(new X509Certificate(socket.getPeerCertificate().raw));
      socket.destroy();
    });
    socket.on("error", () => resolve(null));
  });
}

async function until<T>(look: () => Promise<T | null>): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline) {
    const found = await look();
    if (found !== null) return found;
    await Bun.sleep(50);
  }
  throw new Error("it did not come about in time");
}

/**
 * Asks for the status on connections of their own until another certificate than this one is
 * served.
 */
async function untilRenewed(https: number, ca: string, first: X509Certificate) {
  let answered = 0;
  const status = async () => {
    const response = await fetch(`https://127.0.0.1:${https}/api/v1/status`, {
      tls: { ca, checkServerIdentity: () => undefined },
      keepalive: false,
    });
    if (response.status !== 200) throw new Error(`status ${response.status}`);
    await response.text();
    answered++;
  };
  const renewed = await until(async () => {
    await status();
    const now = await served(https, ca, "peer.test");
    if (now === null) throw new Error("a connection was refused");
    return now.serialNumber === first.serialNumber ? null : now;
  });
  expect(answered).toBeGreaterThan(20);
  expect(Date.parse(renewed.validTo)).toBeGreaterThan(Date.parse(first.validTo));
}

test("issued, renewed under traffic, kept over a restart", async () => {
  const pebble = await pebbleOrNot();
  if (pebble === null) return;
  const https = freePort();
  const peer = await peerFor("peer.test", pebble, { http: httpPort, https }, {});
  const ca = await pebble.root();
  const look = () => served(https, ca, "peer.test");
  const first = await until(look);
  expect(first.subjectAltName).toBe("DNS:peer.test");
  const question = {
    directory: pebble.directory,
    authorityPem: readFileSync(pebble.caFile, "utf8"),
  };
  const advice = await renewalAdvice({ chain: first.toString() }, question);
  expect(advice?.endMs).toBeGreaterThan(Date.parse(first.validFrom));

  const plain = await fetch(`http://127.0.0.1:${httpPort}/api/v1/status`, { redirect: "manual" });
  expect([plain.status, plain.headers.get("location")]).toEqual([
    308,
    `https://127.0.0.1:${https}/api/v1/status`,
  ]);
  await untilRenewed(https, ca, first);

  await peer.end();
  const ports = { http: httpPort, https };
  const again = await peerFor("peer.test", pebble, ports, { dataDir: peer.dataDir });
  const kept = await until(look);
  expect([first.serialNumber, ""]).not.toContain(kept.serialNumber);
  expect(await again.end()).toBe(0);
});

test("without plain HTTP: two names by TLS-ALPN-01, renewed under traffic", async () => {
  const pebble = await pebbleOrNot();
  if (pebble === null) return;
  const ports = { http: null, https: tlsPort };
  const peer = await peerFor("peer.test,www.peer.test", pebble, ports, {});
  const ca = await pebble.root();
  const first = await until(() => served(tlsPort, ca, "peer.test"));
  expect(first.subjectAltName?.split(", ").sort()).toEqual(["DNS:peer.test", "DNS:www.peer.test"]);
  await untilRenewed(tlsPort, ca, first);
  expect(await peer.end()).toBe(0);
});

test("a domain that leads elsewhere is explained", async () => {
  const pebble = await pebbleOrNot();
  if (pebble === null) return;
  const other = Bun.serve({
    hostname: "127.0.0.2",
    port: httpPort,
    fetch: () => new Response("I"),
  });
  stops.push(() => other.stop(true));
  const ports = { http: httpPort, https: freePort() };
  const peer = await peerFor(STRAY, pebble, ports, { stderr: "pipe" });
  const words = await peer.said(/No certificate for .*/);
  expect(words).toContain("what answers for the domain is not this peer");
  expect(words).toContain(`port 80 leads to port ${httpPort} of this peer`);
  expect((await fetch(`${peer.url}/livez`)).status).toBe(200);
  await peer.end();
});
