// The challenge TLS-ALPN-01 beside everybody else: who asks for it gets its certificate, all others
// what the port serves, and none is turned away when it begins and ends.

import { afterAll, expect, test } from "bun:test";
import { createConnection } from "node:net";
import type { ConnectionOptions } from "node:tls";
import { challengeCertificate } from "../../../src/rest/tls/challenge-certificate.ts";
import { ACME_PROTOCOL, ChallengePort } from "../../../src/rest/tls/challenge-port.ts";
import { closeApi, connected, first, hammer, nameServed, newListener } from "./secure-scene.ts";

const proof = await challengeCertificate("peer.test", "token.thumbprint");
const challenge = { ALPNProtocols: [ACME_PROTOCOL], servername: "peer.test" };

afterAll(closeApi);

test("the authority gets the challenge's certificate, others the port's", async () => {
  const listener = newListener();
  listener.use(first);
  const port = new ChallengePort(listener);
  let hasEnded = false;
  const traffic = hammer(listener, 8, () => hasEnded);
  for (let i = 0; i < 3; i++) {
    await port.add("peer.test", proof);
    const asked = await connected(listener, challenge);
    expect(asked.alpnProtocol).toBe(ACME_PROTOCOL);
    asked.destroy();
    expect(await nameServed(listener, challenge)).toBe("CN=ACME challenge");
    expect(await nameServed(listener)).toBe("CN=first.test");
    expect(await nameServed(listener, { ALPNProtocols: ["http/1.1"] })).toBe("CN=first.test");
    const stranger = connected(listener, { ...challenge, servername: "other.test" });
    expect(stranger).rejects.toThrow();
    await port.remove("peer.test");
    expect(await nameServed(listener)).toBe("CN=first.test");
  }
  hasEnded = true;
  const { count, failures } = await traffic;
  expect(failures).toEqual([]);
  expect(count).toBeGreaterThan(50);
  await listener.stop(true);
});

test("a client that is passed on is known by its own address, and not for a local one", async () => {
  const listener = newListener();
  listener.use(first);
  const port = new ChallengePort(listener);
  await port.add("peer.test", proof);
  const socket = await connected(listener, { localAddress: "127.0.0.2" } as ConnectionOptions);
  const answer = new Promise<string>((resolve) => socket.once("data", (d) => resolve(String(d))));
  socket.write("GET /remote HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  expect(await answer).toEndWith('{"remote":"127.0.0.2","isLocal":false}');
  await port.close();
  await listener.stop(true);
});

test("before there is a certificate nobody but the authority is answered", async () => {
  const listener = newListener();
  const port = new ChallengePort(listener);
  await port.add("peer.test", proof);
  await port.add("second.test", proof);
  expect(await nameServed(listener, challenge)).toBe("CN=ACME challenge");
  expect(connected(listener)).rejects.toThrow();
  const plain = createConnection({ host: "127.0.0.1", port: listener.address.port });
  const closed = new Promise((resolve) => plain.once("close", resolve));
  plain.on("error", () => {});
  plain.write("GET / HTTP/1.1\r\n\r\n");
  await closed;
  await port.remove("peer.test");
  expect(await nameServed(listener, { ...challenge, servername: "second.test" })).toBe(
    "CN=ACME challenge",
  );
  await port.remove("second.test");
  listener.use(first);
  expect(await nameServed(listener)).toBe("CN=first.test");
  await listener.stop(true);
});

test("a port that another program has is said, and tried again the next time", async () => {
  const listener = newListener();
  const { port: number } = listener.address;
  const other = Bun.serve({ port: number, hostname: "127.0.0.1", fetch: () => new Response("x") });
  const port = new ChallengePort(listener);
  await expect(port.add("peer.test", proof)).rejects.toThrow("EADDRINUSE");
  await port.remove("peer.test");
  await other.stop(true);
  await port.add("peer.test", proof);
  expect(await nameServed(listener, challenge)).toBe("CN=ACME challenge");
  await port.remove("peer.test");
});
