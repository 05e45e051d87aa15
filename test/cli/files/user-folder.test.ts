// The user's folders: never the one that a command is run in.

import { afterEach, expect, test } from "bun:test";
import { homedir } from "node:os";
import { join } from "node:path";
import { redacted } from "../../../src/cli/doctor/bundle.ts";
import { CommandError } from "../../../src/cli/failure.ts";
import { rootOf } from "../../../src/cli/files/data-folder.ts";
import { homeFolder, userFolder } from "../../../src/cli/files/user-folder.ts";

const { XDG_DATA_HOME } = process.env;
afterEach(() => {
  if (XDG_DATA_HOME === undefined) delete process.env.XDG_DATA_HOME;
  else process.env.XDG_DATA_HOME = XDG_DATA_HOME;
});

test("a variable that is empty or relative counts for nothing", () => {
  const usual = join(homedir(), ".local", "share");
  for (const named of ["", ".", "data"]) {
    process.env.XDG_DATA_HOME = named;
    expect(userFolder("XDG_DATA_HOME", [".local", "share"])).toBe(usual);
  }
  process.env.XDG_DATA_HOME = "/srv/data";
  expect(userFolder("XDG_DATA_HOME", [".local", "share"])).toBe("/srv/data");
});

test("a user of whom the system knows no home needs none where folders are named", () => {
  delete process.env.XDG_DATA_HOME;
  const nobodys = () => {
    throw Object.assign(new Error("uv_os_homedir"), { code: "ENOENT" });
  };
  expect(homeFolder(nobodys)).toBeNull();
  expect(homeFolder(() => "relative")).toBeNull();
  expect(homeFolder(() => "/home/she")).toBe("/home/she");
  expect(userFolder("XDG_DATA_HOME", ["data"], null)).toBeNull();
  expect(rootOf("/srv/peer", null)).toBe("/srv/peer");
  const unnamed = () => rootOf(undefined, null);
  expect(unnamed).toThrow(CommandError);
  expect(unnamed).toThrow("name one with --data-dir DIR, or set HOME");
  expect(redacted("tcp://peer.example.org:18888 is unknown", null)).toBe(
    "tcp://<host>:18888 is unknown",
  );
});
