// What a command is to read whole, from a file that the user named or from standard input.

import { readUpTo } from "../../keys/patient-read.ts";
import { CommandError, EXIT } from "../failure.ts";
import { unreadable } from "./file-words.ts";

/** Descriptor of standard input, by the name that stands for it where a file is expected. */
const DESCRIPTORS: ReadonlyMap<string, number> = new Map([["-", 0]]);

/**
 * @param what what it is to hold, with its article
 * @param exitCode of what is too large
 * @throws CommandError
 */
export function readInput(
  path: string,
  what: string,
  bytesMax: number,
  exitCode: number = EXIT.DATAERR,
): Buffer<ArrayBuffer> {
  return readSource(path, path, what, bytesMax, exitCode);
}

/** As `readInput`; `-` is standard input. @throws CommandError */
export function readInputOrPipe(path: string, what: string, bytesMax: number): Buffer<ArrayBuffer> {
  return readSource(DESCRIPTORS.get(path) ?? path, path, what, bytesMax, EXIT.DATAERR);
}

function readSource(
  source: string | number,
  path: string,
  what: string,
  bytesMax: number,
  exitCode: number,
): Buffer<ArrayBuffer> {
  let bytes: Buffer<ArrayBuffer> | null;
  try {
    bytes = readUpTo(source, bytesMax);
  } catch (error) {
    throw unreadable(what, path, error);
  }
  if (bytes !== null) return bytes;
  throw new CommandError(
    exitCode,
    `${path} is no file with ${what}: it has more than ${bytesMax} bytes`,
  );
}
