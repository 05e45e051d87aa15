// Which hosts are nearby, in all forms that the system takes.

import { expect, test } from "bun:test";
import { isForNeighbours, isPrivateHost } from "../../../src/peer/connections/private-host.ts";

test.each([
  ["127.0.0.1", true],
  ["10.1.2.3", true],
  ["172.16.0.1", true],
  ["172.32.0.1", false],
  ["192.168.1.1", true],
  ["169.254.169.254", true],
  ["100.64.0.1", true],
  ["100.128.0.1", false],
  ["224.0.0.1", true],
  ["localhost", true],
  ["LocalHost.", true],
  ["db.localhost", true],
  ["::", true],
  ["::1", true],
  ["fd00::1", true],
  ["fe80::1", true],
  ["fe80::1%eth0", true],
  ["8.8.8.8", false],
  ["peer.convex.live", false],
  ["2001:db8::1", false],
  // Numbers as inet_aton takes them: the first six connect to 127.0.0.1.
  ["127.1", true],
  ["0x7f.1", true],
  ["2130706433", true],
  ["0x7f000001", true],
  ["0177.0.0.1", true],
  ["0", true],
  ["10.256", true],
  ["8.8", false],
  ["134744072", false],
  ["8.8.8.8.8", false],
  ["4294967296", false],
  ["0x7f.1.example.org", false],
  // IPv4 in IPv6.
  ["::ffff:127.0.0.1", true],
  ["::ffff:7f00:1", true],
  ["0:0:0:0:0:ffff:10.0.0.1", true],
  ["::ffff:8.8.8.8", false],
  ["::127.0.0.1", true],
  ["64:ff9b::127.0.0.1", true],
  ["64:ff9b::8.8.8.8", false],
  ["2002:7f00:1::1", true],
])("%p is private: %p", (host, isPrivate) => {
  expect(isPrivateHost(host)).toBe(isPrivate);
});

test.each([
  ["::", null, false],
  ["0.0.0.0", null, false],
  ["203.0.113.5", null, false],
  ["127.0.0.1", null, true],
  ["10.0.0.1", null, true],
  ["::", "tcp://10.0.0.1:18888", true],
  ["::", "tcp://peer.example.org:18888", false],
])("a peer that listens at %p and publishes %p is for neighbours: %p", (bind, url, expected) => {
  expect(isForNeighbours(bind, url)).toBe(expected);
});
