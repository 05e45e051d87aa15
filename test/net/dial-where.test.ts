// Connecting to hosts that others have named, where some addresses are not to be connected to.

import { afterAll, beforeAll, expect, test } from "bun:test";
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

async function codeOf(host: string, mayReach: (ip: string) => boolean): Promise<string> {
  try {
    const link = await dialWhere(mayReach, host, server.port, OPTIONS);
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

test("what may be reached is connected to, by name and by address", async () => {
  connections = 0;
  for (const host of ["127.0.0.1", "localhost"]) {
    expect(await codeOf(host, () => true)).toBe("CONNECTED");
  }
  await until(() => connections === 2);
  expect(await codeOf("nowhere.invalid", () => true)).toBe("NAME");
});
