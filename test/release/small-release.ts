// A release of small executables (shell scripts) on a web server of this machine, with the faults
// that downloads have.

import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Socket, TCPSocketListener } from "bun";
import { writeReleaseFolder } from "../../release/release-folder.ts";
import { releaseKeyOf } from "../../release/signature.ts";
import { TARGETS, type Target } from "../../src/cli/release/target.ts";

const EXECUTABLE = 0o755;
const FASTEST = 1;

/** What the server does with a path instead of answering as it should. */
export type Fault = "absent" | "cut" | "stall";

export class SmallRelease {
  readonly key: KeyObject = generateKeyPairSync("ed25519").privateKey;
  readonly releaseKey = releaseKeyOf(this.key);
  readonly folder = mkdtempSync(join(tmpdir(), "convex-release-"));
  readonly faults = new Map<string, Fault>();
  /** Resolves at the next stalled answer, when half of it is sent. */
  stalled = Promise.withResolvers<void>();
  readonly #server: TCPSocketListener<Exchange>;

  constructor() {
    this.#server = Bun.listen<Exchange>({
      hostname: "127.0.0.1",
      port: 0,
      socket: {
        open: (socket) => {
          socket.data = { text: "", waiting: new Uint8Array(), ends: false };
        },
        drain: send,
        data: (socket, bytes) => {
          socket.data.text += Buffer.from(bytes).toString("latin1");
          if (socket.data.text.includes("\r\n\r\n")) this.#answer(socket);
        },
      },
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.port}`;
  }

  /** Path on the server of a version's file. */
  path(version: string, name: string): string {
    return `/${version}/${name}`;
  }

  read(path: string): Buffer {
    return readFileSync(join(this.folder, path));
  }

  write(path: string, bytes: string | Uint8Array): void {
    writeFileSync(join(this.folder, path), bytes);
  }

  /** Adds a version; `script` is what its executable does, for all machines. */
  async add(version: string, script: string, targets: readonly Target[] = TARGETS): Promise<void> {
    const path = join(this.folder, ".sources", version);
    mkdirSync(join(this.folder, ".sources"), { recursive: true });
    writeFileSync(path, script, { mode: EXECUTABLE });
    await this.addFile(version, path, targets);
  }

  /** Adds a version whose executable is a file. */
  async addFile(version: string, path: string, targets: readonly Target[]): Promise<void> {
    await writeReleaseFolder(this.folder, {
      version,
      executables: new Map(targets.map((target) => [target, path])),
      documents: new Map(),
      key: this.key,
      url: this.url,
      compressionLevel: FASTEST,
    });
  }

  close(): void {
    this.#server.stop(true);
    rmSync(this.folder, { recursive: true });
  }

  #answer(socket: Socket<Exchange>): void {
    const path = socket.data.text.split(" ")[1] ?? "/";
    const fault = this.faults.get(path);
    const file = Bun.file(join(this.folder, path));
    if (fault === "absent" || file.size === 0) {
      socket.end("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
      return;
    }
    const body = readFileSync(join(this.folder, path));
    const head = `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`;
    const sent = fault === undefined ? body : body.subarray(0, body.length >> 1);
    const { data } = socket;
    data.waiting = Buffer.concat([Buffer.from(head), sent]);
    data.ends = fault !== "stall";
    send(socket);
    if (fault === "stall") this.stalled.resolve();
  }
}

/** What has come on a connection, what is still to be sent on it, and whether it ends then. */
interface Exchange {
  text: string;
  waiting: Uint8Array;
  ends: boolean;
}

function send(socket: Socket<Exchange>): void {
  const { data } = socket;
  data.waiting = data.waiting.subarray(socket.write(data.waiting));
  if (data.waiting.length === 0 && data.ends) socket.end();
}

/** A program that says its version and accepts `service`, whose words it repeats. */
export function saysVersion(version: string): string {
  return [
    "#!/bin/sh",
    `case "$1" in --version) echo ${version} ;; service) echo "$@" ;; *) exit 64 ;; esac`,
    "",
  ].join("\n");
}
