// Whether a file is there. A file that this user may not know of is another matter than an absent
// one, and is never taken for it.

import { statSync } from "node:fs";
import { isDenial, systemCode } from "../../system/system-code.ts";
import { permissionFailure } from "../system-failure.ts";

/** Whether the file or folder is there. @throws SystemFailure when this user may not know */
export function isThere(path: string): boolean {
  try {
    statSync(path);
    return true;
  } catch (error) {
    if (isDenial(error)) throw permissionFailure(path);
    const code = systemCode(error);
    // A name that is too long for the file system is nobody's.
    if (code === "ENOENT" || code === "ENOTDIR" || code === "ENAMETOOLONG") return false;
    throw error;
  }
}

/** @throws SystemFailure when the folder is there and this user may not look into it */
export function requireAccess(folder: string): void {
  isThere(`${folder}/.`);
}
