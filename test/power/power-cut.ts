// A file system whose power is cut: ext4 in a file, over a loop device. The ioctl by which the
// file system's own tests do it (EXT4_IOC_SHUTDOWN) stops it at once; what was neither synced nor
// written back yet is gone when it is mounted again, as after a loss of power. Needs root, and
// Linux.

import { ptr } from "bun:ffi";
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openCLibrary } from "../../src/net/c-library.ts";

/** _IOR('X', 125, __u32), and "do not even write the journal" of <linux/ext4.h>. */
const SHUTDOWN = 0x8004_587dn;
const WITHOUT_JOURNAL = 2;
/**
 * By itself the journal is written every five minutes only, and a rename does not bring the file's
 * data to the disk before it, as it does where nothing is said: what lasts is what was synced.
 */
const MOUNT_OPTIONS = "loop,commit=300,noauto_da_alloc";
const IMAGE_MEGABYTES = 2048;

function run(...command: string[]): void {
  const { exitCode, stderr } = Bun.spawnSync(command, { stderr: "pipe" });
  if (exitCode !== 0) throw new Error(`${command.join(" ")}: ${stderr.toString().trim()}`);
}

/** Why no power can be cut on this machine, null when it can. */
export function powerObstacle(): string | null {
  if (process.getuid?.() !== 0) return "only root may mount a file system";
  for (const tool of ["mkfs.ext4", "mount", "umount"]) {
    if (Bun.which(tool) === null) return `${tool} is not installed`;
  }
  return null;
}

export class PowerCut {
  readonly #folder = mkdtempSync(join(tmpdir(), "convex-peer-power-"));
  #image = join(this.#folder, "image");
  /** Where the file system is. */
  readonly path = join(this.#folder, "disk");
  readonly #library = openCLibrary({ ioctl: { args: ["i32", "u64", "ptr"], returns: "i32" } });

  constructor() {
    mkdirSync(this.path);
    run("truncate", "-s", `${IMAGE_MEGABYTES}M`, this.#image);
    run("mkfs.ext4", "-q", this.#image);
    this.#mount();
  }

  #mount(): void {
    run("mount", "-o", MOUNT_OPTIONS, this.#image, this.path);
  }

  /** From now on all reading and writing fails, and nothing more gets to the disk. */
  cut(): void {
    const folder = openSync(this.path, "r");
    const flags = new Uint32Array([WITHOUT_JOURNAL]);
    const outcome = this.#library?.symbols.ioctl(folder, SHUTDOWN, ptr(flags));
    closeSync(folder);
    if (outcome !== 0) throw new Error("this kernel does not stop a file system");
  }

  /**
   * What is on the disk after the cut; everything that had files open has ended. Mounted from a
   * copy: a mount namespace that another program has made meanwhile (`ip netns exec`) keeps the
   * file system that was stopped.
   */
  restore(): void {
    run("umount", this.path);
    const cut = this.#image;
    this.#image = `${cut}+`;
    run("cp", "--sparse=always", cut, this.#image);
    rmSync(cut);
    this.#mount();
  }

  remove(): void {
    run("umount", this.path);
    rmSync(this.#folder, { recursive: true });
  }
}
