// `service install`: a hardened systemd unit, started and enabled.

import { statSync } from "node:fs";
import { resolve } from "node:path";
import { buildCommand } from "@stricli/core";
import { configFile } from "../../config/config-file.ts";
import { configuredWords, settingsOfFile } from "../../config/configuration.ts";
import { CommandError, EXIT, guarded } from "../../failure.ts";
import { dataFolder } from "../../files/data-folder.ts";
import { isThere } from "../../files/file-presence.ts";
import { dataDirFlag, parseFilled } from "../../flags.ts";
import { ownExecutable } from "../../service/own-executable.ts";
import { startWords } from "../../service/start-words.ts";
import {
  isStateFolder,
  STATE_FOLDER,
  type UnitOptions,
  unitText,
} from "../../service/unit-file.ts";
import { SETTINGS } from "../config.ts";
import { startCommand } from "../start.ts";
import { type ServiceFlags, scopeOf, serviceFlags, systemdOf } from "./service-flags.ts";

interface InstallFlags extends ServiceFlags {
  readonly dataDir?: string | undefined;
  readonly passphraseFile?: string | undefined;
  readonly executable?: string | undefined;
  readonly start: boolean;
  readonly print: boolean;
}

/** Folders that a service of the machine does not see. */
const HIDDEN = /^\/(?:home|root|run\/user)\//;
/** Flags of `start` that the unit sets itself. */
const TAKEN = /^--(?:data-dir|passphrase-credential|config)(?:=|$)/;

function requireVisible(path: string, what: string, advice: string): void {
  if (!HIDDEN.test(path)) return;
  const why = `a service of the machine does not see ${path}`;
  throw new CommandError(EXIT.CONFIG, `The ${what} can't be there: ${why}. ${advice}`);
}

/** @throws CommandError for what would not start */
function unitOptions(flags: InstallFlags, words: readonly string[]): UnitOptions {
  const scope = scopeOf(flags);
  const executable = resolve(flags.executable ?? ownExecutable("service install"));
  const dataDir = dataFolder(flags.dataDir).root;
  const taken = words.find((word) => TAKEN.test(word));
  if (taken !== undefined) {
    const advice = "give it to `service install` itself";
    throw new CommandError(EXIT.USAGE, `The unit sets ${taken}: ${advice}`);
  }
  const startArguments = startWords(words, (path, flag) => {
    if (scope === "system") requireVisible(path, `file of ${flag}`, "Put it into /etc/convex-peer");
    if (!isThere(path)) throw new CommandError(EXIT.NOINPUT, `${flag}: there is no file ${path}`);
    if (statSync(path).isDirectory())
      throw new CommandError(EXIT.NOINPUT, `${flag}: ${path} is a folder, not a file`);
  });
  // What the file sets is the service's, too; this environment is not.
  const ofStart = { path: ["start"], command: startCommand };
  configuredWords(ofStart, words, settingsOfFile(SETTINGS));
  const passphraseFile = flags.passphraseFile === undefined ? null : resolve(flags.passphraseFile);
  if (passphraseFile !== null && !isThere(passphraseFile)) {
    throw new CommandError(EXIT.NOINPUT, `There is no passphrase file ${passphraseFile}`);
  }
  const config = configFile();
  const configPath = config === null ? null : resolve(config);
  if (scope === "system") {
    requireVisible(executable, "executable", "Install it with --prefix /usr/local");
    if (configPath !== null)
      requireVisible(configPath, "configuration", "Put it into /etc/convex-peer");
    if (!isStateFolder(dataDir)) {
      const expected = `expected a folder of ${STATE_FOLDER}, found ${dataDir}`;
      const advice = "or use --user for a service that runs as you";
      throw new CommandError(
        EXIT.CONFIG,
        `systemd owns the data directory: ${expected}, ${advice}`,
      );
    }
  }
  return {
    scope,
    executable,
    dataDir,
    startArguments,
    passphraseFile,
    configFile: configPath,
  };
}

async function install(flags: InstallFlags, words: readonly string[]): Promise<void> {
  const options = unitOptions(flags, words);
  const text = unitText(options);
  if (flags.print) {
    process.stdout.write(text);
    return;
  }
  const systemd = systemdOf(flags);
  const before = systemd.read();
  // Asked first: where no systemd answers nothing is written.
  await systemd.control("show", "--property=Version");
  systemd.write(text);
  await systemd.control("daemon-reload");
  await systemd.control("enable", systemd.name);
  const isChanged = before !== text;
  process.stdout.write(`${isChanged ? "Wrote" : "Kept"} ${systemd.path}\n`);
  if (!flags.start) return;
  await systemd.control(isChanged ? "restart" : "start", systemd.name);
  process.stdout.write(`Started ${systemd.name}: see \`convex-peer service status\`\n`);
  if (options.scope === "user") {
    process.stdout.write("`loginctl enable-linger` keeps it running when you log out\n");
  }
}

export const installCommand = buildCommand({
  docs: {
    brief: "Run the peer as a systemd service, now and when the machine starts",
    customUsage: ["[--passphrase-file FILE] [--data-dir DIR] [-- FLAGS OF START…]"],
  },
  parameters: {
    flags: {
      ...serviceFlags,
      dataDir: dataDirFlag,
      passphraseFile: {
        kind: "parsed",
        parse: String,
        optional: true,
        placeholder: "FILE",
        brief: "Passphrase of the key, handed over as a credential of systemd",
      },
      executable: {
        kind: "parsed",
        parse: parseFilled,
        optional: true,
        placeholder: "FILE",
        brief: "Another executable than this one",
      },
      start: { kind: "boolean", default: true, brief: "Start it now" },
      print: { kind: "boolean", default: false, brief: "Print the unit and do nothing" },
    },
    positional: {
      kind: "array",
      parameter: { parse: String, brief: "Flags of `start`, after --", placeholder: "FLAG" },
    },
  },
  func: (flags: InstallFlags, ...words: string[]) => guarded(() => install(flags, words)),
});
