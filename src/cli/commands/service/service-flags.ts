// Flags that the commands of `service` share.

import { resolve } from "node:path";
import { parseFilled } from "../../flags.ts";
import { type Scope, Systemd } from "../../service/systemd.ts";

export interface ServiceFlags {
  readonly user?: boolean | undefined;
  readonly unitDir?: string | undefined;
}

export const serviceFlags = {
  user: {
    kind: "boolean",
    optional: true,
    brief: "A service of this user, not of the machine (default for all but root)",
  },
  unitDir: {
    kind: "parsed",
    parse: parseFilled,
    optional: true,
    placeholder: "DIR",
    brief: "Folder of the unit, where it is not the usual one",
  },
} as const;

/** As `--user` says; without it, the machine's for root and the user's for everybody else. */
export function scopeOf({ user }: ServiceFlags): Scope {
  return (user ?? process.getuid?.() !== 0) ? "user" : "system";
}

/**
 * systemd in that scope. The unit's folder is `--unit-dir`, from where the command runs, or the
 * usual one.
 */
export function systemdOf(flags: ServiceFlags): Systemd {
  const { unitDir } = flags;
  const scope = scopeOf(flags);
  return unitDir === undefined ? new Systemd(scope) : new Systemd(scope, resolve(unitDir));
}
