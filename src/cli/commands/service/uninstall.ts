// `service uninstall`: stops the service and takes the unit away. The data directory stays.

import { buildCommand } from "@stricli/core";
import { CommandError, EXIT, guarded } from "../../failure.ts";
import { unitWord } from "../../service/unit-file.ts";
import { type ServiceFlags, serviceFlags, systemdOf } from "./service-flags.ts";

interface UninstallFlags extends ServiceFlags {
  readonly ifInstalled: boolean;
}

async function uninstall(flags: UninstallFlags): Promise<void> {
  const systemd = systemdOf(flags);
  const text = systemd.read();
  if (flags.ifInstalled && !text?.includes(`ExecStart=${unitWord(process.execPath)} `)) return;
  if (text === null) {
    throw new CommandError(EXIT.UNAVAILABLE, `No service is installed (${systemd.path})`);
  }
  await systemd.control("disable", "--now", systemd.name);
  systemd.remove();
  await systemd.control("daemon-reload");
  process.stdout.write(`Stopped and removed ${systemd.path}. The data directory stays.\n`);
}

export const uninstallCommand = buildCommand({
  docs: { brief: "Stop the service and take it away; keys and store stay" },
  parameters: {
    flags: {
      ...serviceFlags,
      ifInstalled: {
        kind: "boolean",
        default: false,
        brief: "Only a service of this executable; none is no failure",
      },
    },
  },
  func: (flags: UninstallFlags) => guarded(() => uninstall(flags)),
});
