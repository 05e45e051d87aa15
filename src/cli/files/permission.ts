// What this user may not use: which folder or file bars the way, whose it is, and as whom it would
// work.

import { readFileSync, type Stats, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { systemCode } from "../../system/system-code.ts";

const OWNER_PLACE = 2;
const MODE_BITS = 0o777;
const OCTAL = 8;

/** Name of a user, `user N` when the system's list has none. */
function userName(uid: number): string {
  if (uid === 0) return "root";
  try {
    const lines = readFileSync("/etc/passwd", "utf8").split("\n");
    const line = lines.find((each) => each.split(":")[OWNER_PLACE] === String(uid));
    return line?.split(":")[0] ?? `user ${uid}`;
  } catch {
    // Only the name is lost.
    return `user ${uid}`;
  }
}

/** The nearest part of the path, itself included, that can be looked at. */
function visiblePart(path: string): { readonly path: string; readonly stats: Stats } | null {
  for (let at = resolve(path); ; at = dirname(at)) {
    try {
      const stats = statSync(at);
      return { path: at, stats };
    } catch (error) {
      if (at === dirname(at)) return null;
      if (!["EACCES", "EPERM", "ENOENT", "ENOTDIR"].includes(systemCode(error))) return null;
    }
  }
}

/** Whose the thing in the way is, and what to do: one clause each, without a full stop. */
export function permissionWords(path: string): string {
  const barrier = visiblePart(path);
  if (barrier === null) return "run this as the user it belongs to, or choose another place";
  const { uid, mode } = barrier.stats;
  if (uid === process.geteuid?.()) {
    const bits = (mode & MODE_BITS).toString(OCTAL).padStart(3, "0");
    return `${barrier.path} is yours, with mode ${bits}: \`chmod u+rwX\` it, or choose another place`;
  }
  const name = userName(uid);
  const how = uid === 0 ? "run this as root (sudo)" : `run this as ${name} or root (sudo)`;
  return `${barrier.path} belongs to ${name}: ${how}, or choose another place`;
}
