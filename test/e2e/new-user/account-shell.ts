// An interactive shell of a clean account, into which commands are typed one by one. It keeps a
// history.

import { appendFileSync, chownSync } from "node:fs";
import { join } from "node:path";
import { workMsOf } from "./others-work.ts";

/** The account `nobody`: without rights, without files. */
const NOBODY = 65_534;
const END = "end-of-command";

export class AccountShell {
  readonly #child: Bun.Subprocess<"pipe", "pipe", "pipe">;
  readonly #printed: AsyncIterator<Uint8Array>;
  readonly #log: string;
  #text = "";
  readonly #errors: Promise<void>;
  #lastErrors = "";

  constructor(home: string, environment: Readonly<Record<string, string>>) {
    this.#log = join(home, "session.log");
    const isRoot = process.getuid?.() === 0;
    if (isRoot) chownSync(home, NOBODY, NOBODY);
    const account = isRoot
      ? ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"]
      : [];
    this.#child = Bun.spawn([...account, "bash", "--noprofile", "--norc", "--noediting", "-i"], {
      cwd: home,
      stdin: "pipe",
      stdout: "pipe",
      stderr: "pipe",
      env: {
        HOME: home,
        PATH: `${home}/.local/bin:/usr/local/bin:/usr/bin:/bin`,
        HISTFILE: join(home, ".bash_history"),
        TMPDIR: join(home, "tmp"),
        PS1: "",
        NO_COLOR: "1",
        ...environment,
      },
    });
    this.#printed = this.#child.stdout[Symbol.asyncIterator]();
    this.#errors = this.#keepErrors();
  }

  async #keepErrors(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of this.#child.stderr) {
      const text = decoder.decode(chunk, { stream: true });
      this.#lastErrors = (this.#lastErrors + text).slice(-4_000);
      appendFileSync(this.#log, text);
    }
  }

  /** What the command printed. @throws Error when it fails */
  async type(command: string): Promise<string> {
    this.#lastErrors = "";
    this.#child.stdin.write(`${command}\nprintf '\\n%s %s\\n' ${END} "$?"\n`);
    await this.#child.stdin.flush();
    const pattern = new RegExp(`^${END} (\\d+)\\n`, "m");
    for (;;) {
      const match = pattern.exec(this.#text);
      if (match !== null) {
        const printed = this.#text.slice(0, match.index).trim();
        this.#text = this.#text.slice(match.index + match[0].length);
        appendFileSync(this.#log, `$ ${command}\n${printed}\n`);
        if (match[1] === "0") return printed;
        throw new Error(`${command}\nended with ${match[1]}:\n${printed}\n${this.#lastErrors}`);
      }
      const { done, value } = await this.#printed.next();
      if (done === true) throw new Error(`the shell ended at: ${command}\n${this.#lastErrors}`);
      this.#text += new TextDecoder().decode(value);
    }
  }

  /** Processor time, in ms, of all that was typed and has ended; known once the session has. */
  get workMs(): number {
    return workMsOf(this.#child);
  }

  /** Ends the session; the shell writes its history. */
  async end(): Promise<void> {
    this.#child.stdin.write("exit 0\n");
    this.#child.stdin.end();
    await this.#child.exited;
    await this.#errors;
  }
}
