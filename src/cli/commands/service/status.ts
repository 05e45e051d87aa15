// `service status`: what systemd knows of the peer. How the peer itself is, `status` and `health`
// tell.

import { buildCommand } from "@stricli/core";
import { CommandError, EXIT, guarded } from "../../failure.ts";
import { jsonFlag } from "../../flags.ts";
import { type ServiceFlags, serviceFlags, systemdOf } from "./service-flags.ts";

interface StatusFlags extends ServiceFlags {
  readonly json: boolean;
}

async function status(flags: StatusFlags): Promise<void> {
  const systemd = systemdOf(flags);
  if (systemd.read() === null) {
    const advice = "`convex-peer service install` makes one";
    throw new CommandError(
      EXIT.UNAVAILABLE,
      `No service is installed (${systemd.path}): ${advice}`,
    );
  }
  const found = await systemd.properties();
  if (flags.json) process.stdout.write(`${JSON.stringify(found)}\n`);
  else {
    const rows = [
      ["service", `${found.ActiveState} (${found.SubState}), ${found.UnitFileState}`],
      ["since", found.ActiveEnterTimestamp || "never"],
      ["process", found.MainPID],
      ["restarts", found.NRestarts],
      ["says", found.StatusText],
      ["unit", systemd.path],
    ] as const;
    for (const [label, text] of rows) process.stdout.write(`${label.padEnd(8)}  ${text}\n`);
  }
  if (found.ActiveState !== "active") process.exitCode = EXIT.TEMPFAIL;
}

export const serviceStatusCommand = buildCommand({
  docs: { brief: "What systemd knows of the peer (exit code 75 when it does not run)" },
  parameters: { flags: { ...serviceFlags, json: jsonFlag } },
  func: (flags: StatusFlags) => guarded(() => status(flags)),
});
