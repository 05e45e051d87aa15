// What keeps others from a key whose file lies in a data directory, in words.

import type { StoredKey } from "../../keys/key-store.ts";
import { isReadableByOthers } from "../../keys/secret-file.ts";

/** As part of a list: with what to do where others may read the file. */
export function guardText({ encrypted, path }: StoredKey): string {
  const isOpen = isReadableByOthers(path);
  if (isOpen)
    return `${encrypted ? "encrypted" : "NOT encrypted"}, OTHERS CAN READ IT: \`chmod 600\` it`;
  return encrypted ? "encrypted" : "NOT encrypted, readable by its owner only";
}

/** As the end of a sentence about the file. */
export function guardClause({ encrypted, path }: StoredKey): string {
  if (encrypted) return "encrypted under your passphrase";
  const who = isReadableByOthers(path)
    ? `OTHERS CAN: \`chmod 600 ${path}\``
    : "it is readable by you alone";
  return `NOT encrypted: whoever can read this file has the key (${who})`;
}
