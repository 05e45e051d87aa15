// The honest client as the campaign sees it.

import { join } from "node:path";
import type { OurPeer } from "../interop/our-peer.ts";
import type { HonestReport } from "./honest-client.ts";

const PROGRAM = join(import.meta.dir, "honest-client.ts");

export class Honest {
  readonly #process: Bun.Subprocess;
  #hear: (said: unknown) => void = () => {};

  private constructor(peer: OurPeer) {
    const args = [peer.choice.host, `${peer.choice.port}`, peer.api];
    this.#process = Bun.spawn([process.execPath, PROGRAM, ...args], {
      ipc: (said) => this.#hear(said),
      stdio: ["ignore", "inherit", "inherit"],
    });
  }

  static async start(peer: OurPeer): Promise<Honest> {
    const honest = new Honest(peer);
    await honest.#said();
    return honest;
  }

  #said(): Promise<unknown> {
    return new Promise((resolve) => {
      this.#hear = resolve;
    });
  }

  begin(): void {
    this.#process.send("begin");
  }

  async report(): Promise<HonestReport> {
    const said = this.#said();
    this.#process.send("report");
    return (await said) as HonestReport;
  }

  async end(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.exited;
  }
}
