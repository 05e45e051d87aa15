// The advice to a peer that lacks others goes by what it has been told to do.

import { expect, test } from "bun:test";
import { lackAdvice } from "../../../src/cli/contact/lack-advice.ts";

const LACK = "word since its backup";

test("bans are told of where others are lacking, and nowhere else", () => {
  expect(lackAdvice({ lack: null, banned: 3 })).toBeNull();
  expect(lackAdvice({ lack: "others", banned: 0 })).not.toContain("banned");
  expect(lackAdvice({ lack: "others" })).not.toContain("banned");
  for (const lack of ["others", LACK] as const) {
    expect(lackAdvice({ lack, banned: 3 })).toEndWith(
      ". 3 peers or hosts are banned: `convex-peer peers bans` says who, `convex-peer peers unban` lifts a ban",
    );
  }
});

test("who has named hosts is not told to name some, but whether they answer", () => {
  const host = (port: number, isConnected: boolean) => ({
    address: `a.example:${port}`,
    isConnected,
  });
  for (const lack of ["others", LACK] as const) {
    expect(lackAdvice({ lack })).toContain("start it with --join HOST:PORT");
    expect(lackAdvice({ lack, namedHosts: [host(1, false)] })).not.toContain("start it with");
  }
  expect(lackAdvice({ lack: LACK, namedHosts: [host(1, false), host(2, false)] })).toContain(
    "no host named answers yet (a.example:1, a.example:2)",
  );
  const some = lackAdvice({ lack: LACK, namedHosts: [host(1, false), host(2, true)] });
  expect(some).toContain("where those named (a.example:1, a.example:2) are not enough, name more");
});
