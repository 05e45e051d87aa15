// Connecting to hosts that others have named, where some addresses are not to be connected to.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { isIP } from "node:net";
import { DialError } from "../../src/net/dial.ts";
import { dialWhere } from "../../src/net/dial-where.ts";
import { SharedBuffer } from "../../src/net/shared-buffer.ts";
import { SYSTEM_CLOCK, steadyOf } from "../../src/peer/clock.ts";
import { isPrivateHost } from "../../src/peer/connections/private-host.ts";
import { until } from "./loopback.ts";

const OPTIONS = {
  clock: steadyOf(SYSTEM_CLOCK),
  memory: { reading: new SharedBuffer(4096, 4096), writing: new SharedBuffer(4096, 4096) },
};

let connections = 0;
let server: Bun.TCPSocketListener;

beforeAll(() => {
  const socket = { open: () => void connections++, data: () => {} };
  server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket });
});

afterAll(() => server.stop(true));

async function codeOf(
  host: string,
  mayReach: (ip: string) => boolean,
  port = server.port,
): Promise<string> {
  try {
    const link = await dialWhere(mayReach, host, port, OPTIONS);
    link.close("it was tried");
    return "CONNECTED";
  } catch (error) {
    if (error instanceof DialError) return error.code;
    throw error;
  }
}

test.each(["127.0.0.1", "localhost", "127.1", "0x7f.1", "2130706433"])(
  "%p, a name of this machine, is not connected to",
  async (host) => {
    connections = 0;
    expect(await codeOf(host, (ip) => !isPrivateHost(ip))).toBe("FORBIDDEN");
    expect(connections).toBe(0);
  },
);

test.each(["127.0.0.1", "localhost"])(
  "whether %s may be reached is asked by address",
  async (host) => {
    const asked: string[] = [];
    const code = await codeOf(host, (ip) => {
      asked.push(ip);
      return false;
    });
    expect(code).toBe("FORBIDDEN");
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter((ip) => isIP(ip) === 0)).toEqual([]);
  },
);

test("an address where nobody listens is given up with the reason of the dial", async () => {
  const gone = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => {} } });
  const { port } = gone;
  gone.stop(true);
  expect(await codeOf("127.0.0.1", () => true, port)).toBe("REFUSED");
});

test("what may be reached is connected to, by name and by address", async () => {
  connections = 0;
  for (const host of ["127.0.0.1", "localhost"]) {
    expect(await codeOf(host, () => true)).toBe("CONNECTED");
  }
  await until(() => connections === 2);
  expect(await codeOf("nowhere.invalid", () => true)).toBe("NAME");
});
