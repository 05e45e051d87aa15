// The machines that a release is built for, and which of them this one is. install.sh decides the
// same way.

import { existsSync, readdirSync, readFileSync } from "node:fs";

export const TARGETS = [
  "linux-x64",
  "linux-x64-baseline",
  "linux-arm64",
  "linux-x64-musl",
  "linux-x64-musl-baseline",
  "linux-arm64-musl",
  "darwin-arm64",
  "darwin-x64",
] as const;
export type Target = (typeof TARGETS)[number];

/** Whether a release is built for a machine of this name. */
function isTarget(text: string): text is Target {
  return (TARGETS as readonly string[]).includes(text);
}

/** What tells machines apart. */
export interface MachineFacts {
  readonly platform: string;
  readonly arch: string;
  /** Whether the C library is musl. */
  readonly isMusl: boolean;
  /** Whether the processor has AVX2, which the modern x64 build uses. */
  readonly hasAvx2: boolean;
}

/** Null when no release is built for such a machine. */
export function targetOf({ platform, arch, isMusl, hasAvx2 }: MachineFacts): Target | null {
  const isLinux = platform === "linux";
  const baseline = isLinux && arch === "x64" && !hasAvx2 ? "-baseline" : "";
  const name = `${platform}-${arch}${isLinux && isMusl ? "-musl" : ""}${baseline}`;
  return isTarget(name) ? name : null;
}

function hasMuslLoader(): boolean {
  return existsSync("/lib") && readdirSync("/lib").some((name) => name.startsWith("ld-musl-"));
}

/** glibc's loader beside musl's: a glibc system with musl installed for development. */
function hasGlibcLoader(): boolean {
  const loaders = ["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"];
  return loaders.some((path) => existsSync(path));
}

function processorHas(flag: string): boolean {
  const path = "/proc/cpuinfo";
  return existsSync(path) && new RegExp(`\\b${flag}\\b`).test(readFileSync(path, "utf8"));
}

/**
 * Of the machine this runs on. Whether it has AVX2 is read from /proc/cpuinfo: never so without
 * one, as on macOS, where it makes no difference.
 */
export function machineFacts(): MachineFacts {
  return {
    platform: process.platform,
    arch: process.arch,
    isMusl: hasMuslLoader() && !hasGlibcLoader(),
    hasAvx2: processorHas("avx2"),
  };
}
