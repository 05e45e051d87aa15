// Addresses of the peer itself.

import { expect, test } from "bun:test";
import { networkInterfaces } from "node:os";
import { isOwnAddress } from "../../../src/cli/start/own-address.ts";

const PORT = 18_888;
const at = (host: string, port = PORT) => ({ host, port });

test("a peer that listens everywhere is at each address of its machine", () => {
  const machine = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  const hosts = ["localhost", "127.0.0.1", "127.0.1.1", "::1", "0.0.0.0", "::ffff:127.0.0.1"];
  for (const host of [...hosts, ...machine.map(({ address }) => address)]) {
    expect([host, isOwnAddress(at(host), at("::"), null)]).toEqual([host, true]);
    expect(isOwnAddress(at(host, 1), at("::"), null)).toBe(false);
  }
  for (const host of ["192.0.2.1", "peer.example.org"]) {
    expect(isOwnAddress(at(host), at("::"), null)).toBe(false);
  }
});

test("one that listens at one address is there alone", () => {
  expect(isOwnAddress(at("127.0.0.1"), at("127.0.0.1"), null)).toBe(true);
  expect(isOwnAddress(at("localhost"), at("127.0.0.1"), null)).toBe(true);
  expect(isOwnAddress(at("127.0.0.2"), at("127.0.0.1"), null)).toBe(false);
  expect(isOwnAddress(at("192.0.2.1"), at("192.0.2.1"), null)).toBe(true);
  expect(isOwnAddress(at("127.0.0.1"), at("192.0.2.1"), null)).toBe(false);
});

test("what it has published is its own, whatever port it listens on", () => {
  const url = "tcp://Peer.example.org:18000";
  expect(isOwnAddress(at("peer.example.org", 18_000), at("::"), url)).toBe(true);
  expect(isOwnAddress(at("peer.example.org"), at("::"), url)).toBe(false);
});
