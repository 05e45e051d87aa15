// What is read of a client's first words: those of a real one, whole and in pieces, and of
// anybody's bytes.

import { expect, test } from "bun:test";
import { createServer } from "node:net";
import { connect } from "node:tls";
import fc from "fast-check";
import { type ClientHello, readClientHello } from "../../../src/rest/tls/client-hello.ts";

/** The first bytes that the runtime's own client sends. */
function helloOf(options: { servername?: string; ALPNProtocols?: string[] }): Promise<Buffer> {
  return new Promise((resolve) => {
    const server = createServer((socket) => {
      socket.once("data", (bytes) => {
        resolve(bytes as Buffer);
        socket.destroy();
        server.close();
      });
    });
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      connect({ host: "127.0.0.1", port, ...options }).on("error", () => {});
    });
  });
}

const NOTHING: ClientHello = { serverName: null, protocols: [] };
const hello = await helloOf({ servername: "Peer.Test", ALPNProtocols: ["acme-tls/1", "h2"] });

test("host and protocols are read", async () => {
  expect(readClientHello(hello)).toEqual({
    serverName: "peer.test",
    protocols: ["acme-tls/1", "h2"],
  });
  expect(readClientHello(await helloOf({ servername: "a.test" }))?.serverName).toBe("a.test");
});

test("what has not come whole is waited for", () => {
  for (let length = 0; length < hello.length; length++) {
    expect(readClientHello(hello.subarray(0, length))).toBe(null);
  }
  expect(readClientHello(Buffer.concat([hello, Buffer.from("more")]))).not.toBe(null);
});

test("what is no hello is nobody's", () => {
  for (const text of ["GET / HTTP/1.1\r\n", "\x16\x03\x01\xff\xff", "\x16\x03\x01\0\x01\x02"]) {
    expect(readClientHello(Buffer.from(text, "latin1"))).toEqual(NOTHING);
  }
});

test("broken lengths end in an answer, whatever they say", () => {
  const places = fc.array(fc.tuple(fc.nat(hello.length - 6), fc.nat(255)), { maxLength: 8 });
  fc.assert(
    fc.property(places, (changes) => {
      const broken = Buffer.from(hello);
      for (const [at, byte] of changes) broken[5 + at] = byte;
      expect(readClientHello(broken)).not.toBe(null);
    }),
    { numRuns: 2_000 },
  );
});
