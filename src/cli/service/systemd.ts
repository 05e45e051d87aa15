// systemd as this program uses it: units in a folder, and systemctl.

import { mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { syncPath, writeSynced } from "../../system/durable-file.ts";
import { systemCode } from "../../system/system-code.ts";
import { CommandError, EXIT } from "../failure.ts";
import { isThere } from "../files/file-presence.ts";
import { userFolder } from "../files/user-folder.ts";
import { UNIT_NAME } from "./unit-file.ts";

const READABLE_BY_ALL = 0o644;

export type Scope = "system" | "user";

/** Properties of a unit that `service status` shows. */
const PROPERTIES = [
  "LoadState",
  "ActiveState",
  "SubState",
  "UnitFileState",
  "MainPID",
  "NRestarts",
  "StatusText",
  "ActiveEnterTimestamp",
  "FragmentPath",
] as const;
export type UnitProperties = Readonly<Record<(typeof PROPERTIES)[number], string>>;

/** What systemctl says where it finds nobody to talk to. */
const NO_MANAGER = /connect to .*bus|not been booted with systemd/i;
const MANAGER_ADVICE: Readonly<Record<Scope, string>> = {
  system: "run `convex-peer start` under the supervisor that this machine has",
  user: "log in as this user (su and sudo are not enough), or install the machine's service as root",
};

/** The machine's units are in /etc; a user's where XDG_CONFIG_HOME says, or in ~/.config. */
function unitFolder(scope: Scope): string {
  if (scope === "system") return "/etc/systemd/system";
  const folder = userFolder("XDG_CONFIG_HOME", [".config"]);
  if (folder !== null) return join(folder, "systemd", "user");
  const why = "This user has no home for the unit";
  throw new CommandError(EXIT.CONFIG, `${why}: name its folder with --unit-dir DIR, or set HOME`);
}

export class Systemd {
  readonly #scope: Scope;
  readonly #path: string;

  constructor(scope: Scope, folder: string = unitFolder(scope)) {
    this.#scope = scope;
    this.#path = join(folder, UNIT_NAME);
  }

  get name(): string {
    return UNIT_NAME;
  }

  get path(): string {
    return this.#path;
  }

  /** Text of the unit, null when it is not installed. */
  read(): string | null {
    return isThere(this.#path) ? readFileSync(this.#path, "utf8") : null;
  }

  /** Replaces the unit in one step. @throws CommandError */
  write(text: string): void {
    const fresh = `${this.#path}.new`;
    try {
      mkdirSync(join(this.#path, ".."), { recursive: true });
      rmSync(fresh, { force: true });
      writeSynced(fresh, text, READABLE_BY_ALL);
      renameSync(fresh, this.#path);
      syncPath(dirname(this.#path));
    } catch (error) {
      const reason = systemCode(error) || "unwritable";
      throw new CommandError(EXIT.CANTCREAT, `Cannot write the unit ${this.#path} (${reason})`);
    }
  }

  remove(): void {
    rmSync(this.#path, { force: true });
  }

  /** What systemctl prints. @throws CommandError when it fails, or is not there */
  async control(...words: string[]): Promise<string> {
    const program = Bun.which("systemctl", { PATH: process.env.PATH ?? "" });
    if (program === null) {
      const advice = "run `convex-peer start` under the supervisor that this machine has";
      throw new CommandError(EXIT.UNAVAILABLE, `There is no systemd here: ${advice}`);
    }
    const user = this.#scope === "user" ? ["--user"] : [];
    const child = Bun.spawn([program, ...user, ...words], {
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    const [stdout, stderr] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ]);
    if ((await child.exited) === 0) return stdout;
    const said = stderr.trim() || stdout.trim();
    const advice = NO_MANAGER.test(said) ? `; ${MANAGER_ADVICE[this.#scope]}` : "";
    const command = `systemctl ${[...user, ...words].join(" ")}`;
    throw new CommandError(EXIT.UNAVAILABLE, `${command} failed: ${said}${advice}`);
  }

  /** @throws CommandError */
  async properties(): Promise<UnitProperties> {
    const names = PROPERTIES.join(",");
    const text = await this.control("show", UNIT_NAME, `--property=${names}`);
    const found = new Map(
      text.split("\n").map((line) => {
        const at = line.indexOf("=");
        return [line.slice(0, at), line.slice(at + 1)] as const;
      }),
    );
    return Object.fromEntries(
      PROPERTIES.map((name) => [name, found.get(name) ?? ""]),
    ) as UnitProperties;
  }

  async isActive(): Promise<boolean> {
    return (await this.properties()).ActiveState === "active";
  }
}
