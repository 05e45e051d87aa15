// A folder in which files may be made, but which may not be listed, as an operator can set its
// mode.

import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** An id that owns nothing here: root may list what others may not. */
const NOBODY = 65534;

/** Calls `work` as the owner of such a folder, with its path; it is gone afterwards. */
export function inUnlistedFolder(work: (folder: string) => void): void {
  const around = mkdtempSync(join(tmpdir(), "convex-unlisted-"));
  const folder = join(around, "folder");
  const isRoot = process.geteuid?.() === 0;
  try {
    chmodSync(around, 0o755);
    mkdirSync(folder);
    if (isRoot) chownSync(folder, NOBODY, NOBODY);
    chmodSync(folder, 0o300);
    if (isRoot) process.seteuid?.(NOBODY);
    try {
      work(folder);
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  } finally {
    chmodSync(folder, 0o700);
    rmSync(around, { recursive: true });
  }
}
