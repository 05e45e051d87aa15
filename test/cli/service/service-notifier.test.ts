// What systemd hears of a peer: on a real datagram socket.

import { afterEach, beforeEach, describe, expect, jest, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NotifySocket } from "../../../src/cli/service/notify-socket.ts";
import {
  ServiceNotifier,
  serviceNotifier,
  watchdogUs,
} from "../../../src/cli/service/service-notifier.ts";
import { PeerProcess } from "../../e2e/peer-process.ts";
import { notRun, unlessLinux } from "../../not-run.ts";
import { NotifyReceiver } from "./notify-receiver.ts";

const why = unlessLinux("systemd");
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "convex-notify-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("messages reach a socket in the file system and one in the kernel's name space", () => {
  if (why !== null) return notRun(why);
  for (const path of [join(folder, "socket"), `@convex-test-${process.pid}`]) {
    const receiver = new NotifyReceiver(path);
    const socket = new NotifySocket(path);
    expect(socket.send(["READY=1", "STATUS=läuft"])).toBe(true);
    receiver.read();
    expect(receiver.received).toEqual(["READY=1\nSTATUS=läuft"]);
    socket.close();
    receiver.close();
  }
});

test("a socket on which nobody listens, or none, is no failure of the peer", () => {
  const socket = new NotifySocket(join(folder, "nobody"));
  expect(socket.send(["READY=1"])).toBe(false);
  socket.close();
  expect(serviceNotifier({})).toBeNull();
  expect(serviceNotifier({ NOTIFY_SOCKET: "" })).toBeNull();
  expect(serviceNotifier({ NOTIFY_SOCKET: "relative" })).toBeNull();
  expect(serviceNotifier({ NOTIFY_SOCKET: `/${"x".repeat(200)}` })).toBeNull();
});

describe("with a clock", () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  test("a peer asks for time while it starts, and gives signs of life while it lives", () => {
    const said: string[] = [];
    const socket = {
      send: (lines: readonly string[]) => said.push(lines.join(" ")) > 0,
    };
    const notifier = new ServiceNotifier(socket, 60_000_000);
    notifier.starting("synchronises");
    jest.advanceTimersByTime(25_000);
    expect(said).toEqual(Array(3).fill("STATUS=synchronises EXTEND_TIMEOUT_USEC=60000000"));

    said.length = 0;
    let isLive = true;
    notifier.ready(() => ({ isLive, text: "two\nlines" }));
    jest.advanceTimersByTime(65_000);
    isLive = false;
    jest.advanceTimersByTime(60_000);
    expect(said).toEqual([
      "READY=1 STATUS=two lines WATCHDOG=1",
      ...Array(2).fill("STATUS=two lines WATCHDOG=1"),
      ...Array(2).fill("STATUS=two lines"),
    ]);

    said.length = 0;
    notifier.stopping();
    jest.advanceTimersByTime(120_000);
    expect(said).toEqual(["STOPPING=1 STATUS=stopping"]);
  });
});

test("the watchdog's limit is taken when it is for this process", () => {
  expect(watchdogUs({ WATCHDOG_USEC: "60000000" }, 7)).toBe(60_000_000);
  expect(watchdogUs({ WATCHDOG_USEC: "60000000", WATCHDOG_PID: "7" }, 7)).toBe(60_000_000);
  expect(watchdogUs({ WATCHDOG_USEC: "60000000", WATCHDOG_PID: "8" }, 7)).toBeNull();
  for (const limit of [undefined, "", "0", "-1", "soon"])
    expect(watchdogUs({ WATCHDOG_USEC: limit }, 7)).toBeNull();
});

test("a running peer says that it is ready, lives, and stops", async () => {
  if (why !== null) return notRun(why);
  const path = join(folder, "socket");
  const receiver = new NotifyReceiver(path);
  const peer = await PeerProcess.start({
    command: "start",
    environment: { NOTIFY_SOCKET: path, WATCHDOG_USEC: "100000" },
  });
  try {
    await receiver.until("READY=1");
    await receiver.until("WATCHDOG=1", 3);
    expect(await peer.end()).toBe(0);
    await receiver.until("STOPPING=1");
    const { received } = receiver;
    expect(received[0]).toContain("EXTEND_TIMEOUT_USEC=");
    expect(received.join("\n")).toContain("STATUS=takes part in consensus; ");
    expect(received.at(-1)).toContain("STOPPING=1");
  } finally {
    receiver.close();
    peer.removeData();
  }
});
