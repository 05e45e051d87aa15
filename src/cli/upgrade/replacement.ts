// Takes the place of the executable, in single steps of the file system: at every moment a whole
// one is there, and the one before is kept beside it.

import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { syncPath } from "../../system/durable-file.ts";
import { systemCode } from "../../system/system-code.ts";
import { CommandError, EXIT } from "../failure.ts";

/** What an upgrade that was killed has left behind is nobody's after this time. */
const ABANDONED_MS = 86_400_000;

function removeAbandoned(folder: string, prefix: string): void {
  for (const name of readdirSync(folder).filter((each) => each.startsWith(prefix))) {
    const path = join(folder, name);
    const about = statSync(path, { throwIfNoEntry: false });
    if (about !== undefined && Date.now() - about.mtimeMs > ABANDONED_MS)
      rmSync(path, { recursive: true, force: true });
  }
}

/** A second name for a file; a copy where the file system has no links. */
function duplicate(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}

/** Whether two names are of one file, or of two with the same bytes. */
function isSameFile(one: string, other: string): boolean {
  const [a, b] = [statSync(one), statSync(other)];
  if (a.dev === b.dev && a.ino === b.ino) return true;
  return a.size === b.size && readFileSync(one).equals(readFileSync(other));
}

/** Which file stands there: another one, even with the same bytes, is told apart. */
function identityOf(path: string): string | null {
  const about = statSync(path, { throwIfNoEntry: false });
  return about === undefined ? null : `${about.dev}:${about.ino}:${about.mtimeMs}:${about.size}`;
}

export class Replacement {
  readonly executable: string;
  readonly previous: string;
  /** The executable as this undertaking has found or put it. */
  #inPlace: string | null;
  /** Folder of its own, on the same file system. */
  readonly #folder: string;
  #isSwapped = false;

  /** @throws CommandError when the user may not write there */
  constructor(executable: string) {
    this.executable = executable;
    this.previous = `${executable}.previous`;
    this.#inPlace = identityOf(executable);
    try {
      const name = `.${basename(executable)}-upgrade.`;
      removeAbandoned(dirname(executable), name);
      this.#folder = mkdtempSync(join(dirname(executable), name));
    } catch (error) {
      const reason = systemCode(error) || "unwritable";
      const why = `cannot write beside ${executable} (${reason})`;
      throw new CommandError(
        EXIT.NOPERM,
        `Not upgraded: ${why}; run it as the owner, or with sudo`,
      );
    }
  }

  /** Where the new executable is put before it is tried. */
  get staged(): string {
    return join(this.#folder, basename(this.executable));
  }

  get scratch(): string {
    return join(this.#folder, "download");
  }

  get trialFolder(): string {
    return join(this.#folder, "trial");
  }

  /** Whether the one before is there, and is another than the one in place. */
  get hasPrevious(): boolean {
    return existsSync(this.previous) && !isSameFile(this.previous, this.executable);
  }

  /** Whether another executable is in place than was found there. */
  get isSwapped(): boolean {
    return this.#isSwapped;
  }

  /** Where the one before the one before is until the new one is well. */
  get #earlier(): string {
    return join(this.#folder, "earlier");
  }

  /**
   * The staged executable is in place, the one before is kept.
   * @throws CommandError when somebody else has replaced it meanwhile: nothing is changed then
   */
  swap(): void {
    const kept = join(this.#folder, "previous");
    duplicate(this.executable, kept);
    if (this.hasPrevious) duplicate(this.previous, this.#earlier);
    // A rename can be on the disk before what it names is.
    for (const path of [this.staged, kept, this.#earlier]) if (existsSync(path)) syncPath(path);
    this.#requireUntouched("nothing was changed");
    renameSync(kept, this.previous);
    renameSync(this.staged, this.executable);
    this.#inPlace = identityOf(this.executable);
    this.#isSwapped = true;
    syncPath(dirname(this.executable));
  }

  /** The one before becomes the staged one. */
  stagePrevious(): void {
    duplicate(this.previous, this.staged);
  }

  /**
   * Undoes `swap`: what was the one before that is so again, or none is.
   * @throws CommandError when somebody else has replaced the executable meanwhile: it stays
   */
  rollBack(): void {
    this.#requireUntouched("that one stays");
    renameSync(this.previous, this.executable);
    if (existsSync(this.#earlier)) renameSync(this.#earlier, this.previous);
    this.#isSwapped = false;
    syncPath(dirname(this.executable));
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Two upgrades at once would keep the new version as the one to go back to. */
  #requireUntouched(consequence: string): void {
    if (identityOf(this.executable) === this.#inPlace) return;
    const what = `Another upgrade has replaced ${this.executable} meanwhile: ${consequence}`;
    throw new CommandError(EXIT.TEMPFAIL, `${what}. See \`convex-peer upgrade --check\``);
  }
}
