// Where a command puts a secret it was asked for: a new file for its owner alone, or standard
// output when that was said.

import { writeSecretFile } from "../../../keys/secret-file.ts";

/** @throws Error when the name is empty */
export function parseOut(text: string): string {
  if (text !== "") return text;
  throw new Error("expected the name of a file, or - for standard output");
}

/** @throws SecretFileError when the file is there already or can't be written */
export function printOrWrite(out: string, text: string): void {
  if (out === "-") process.stdout.write(text);
  else writeSecretFile(out, text);
}
