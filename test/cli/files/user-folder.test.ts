// The user's folders: never the one that a command is run in.

import { afterEach, expect, test } from "bun:test";
import { homedir } from "node:os";
import { join } from "node:path";
import { userFolder } from "../../../src/cli/files/user-folder.ts";

const { XDG_DATA_HOME } = process.env;
afterEach(() => {
  if (XDG_DATA_HOME === undefined) delete process.env.XDG_DATA_HOME;
  else process.env.XDG_DATA_HOME = XDG_DATA_HOME;
});

test("a variable that is empty or relative counts for nothing", () => {
  const usual = join(homedir(), ".local", "share");
  for (const named of ["", ".", "data"]) {
    process.env.XDG_DATA_HOME = named;
    expect(userFolder("XDG_DATA_HOME", ".local", "share")).toBe(usual);
  }
  process.env.XDG_DATA_HOME = "/srv/data";
  expect(userFolder("XDG_DATA_HOME", ".local", "share")).toBe("/srv/data");
});
