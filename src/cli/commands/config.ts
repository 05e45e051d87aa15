// `config …`: what is set, where, and whether it is right.

import { buildCommand, buildRouteMap } from "@stricli/core";
import { awaitedConfigFile, configFile } from "../config/config-file.ts";
import {
  configuredSettings,
  reviewedConfiguration,
  unknownVariables,
  variableMeant,
} from "../config/configuration.ts";
import { type Setting, settingsOf } from "../config/setting.ts";
import { CommandError, EXIT, guarded } from "../failure.ts";
import { defaultDataFolder } from "../files/data-folder.ts";
import { jsonFlag } from "../flags.ts";
import { countText } from "../terminal/amounts.ts";
import { printJsonLine, rowsText } from "../terminal/json-line.ts";
import { visibleText } from "../terminal/visible-text.ts";
import { createCommand as createAccountCommand } from "./account/create.ts";
import { createCommand as createPeerCommand } from "./peer/create.ts";
import { startCommand } from "./start.ts";

/** All that can be set. */
export const SETTINGS: readonly Setting[] = settingsOf(startCommand, [
  createPeerCommand,
  createAccountCommand,
]);

interface ShowFlags {
  readonly origin: boolean;
  readonly json: boolean;
}

interface Shown {
  readonly name: string;
  readonly value: string;
  readonly origin: string;
  readonly variable: string;
}

function nameOf({ section, key }: Setting): string {
  return section === null ? key : `${section}.${key}`;
}

function defaultOf(setting: Setting): string {
  return (setting.key === "data-dir" ? defaultDataFolder() : setting.byDefault) ?? "";
}

async function show(flags: ShowFlags): Promise<void> {
  const configured = new Map(configuredSettings(SETTINGS).map((each) => [each.setting, each]));
  const shown = SETTINGS.map((setting): Shown => {
    const { text, origin } = configured.get(setting) ?? {
      text: defaultOf(setting),
      origin: "default",
    };
    return { name: nameOf(setting), value: text, origin, variable: setting.variable };
  });
  if (flags.json) {
    printJsonLine({ file: configFile(), settings: shown });
    return;
  }
  const width = Math.max(...shown.map(({ value }) => value.length));
  const rows = shown.map(({ name, value, origin }) => {
    const text = value === "" && origin === "default" ? "-" : value;
    return [name, flags.origin ? `${text.padEnd(width)}  ${origin}` : text] as const;
  });
  process.stdout.write(rowsText(rows.map(([name, text]) => [name, text.trimEnd()])));
}

/** A variable that sets nothing, and what it may have been meant to be. */
function strangeText(name: string): string {
  const near = variableMeant(name, SETTINGS);
  const advice =
    near === null ? "`config show --json` lists those there are" : `did you mean ${near}?`;
  return `The environment variable ${name} sets nothing: ${advice}`;
}

async function check({ json }: { readonly json: boolean }): Promise<void> {
  const { configured, faults: wrong } = reviewedConfiguration(SETTINGS, startCommand);
  const file = configFile();
  const strange = unknownVariables(SETTINGS);
  const faults = [...wrong, ...strange.map(strangeText)];
  if (json) printJsonLine({ file, settings: configured.length, unknownVariables: strange, faults });
  if (faults.length > 0) {
    process.stderr.write(`${visibleText(faults.join("\n"))}\n`);
    const count = countText(faults.length, "mistake");
    throw new CommandError(EXIT.CONFIG, `The configuration has ${count}`);
  }
  if (json) return;
  const awaited = awaitedConfigFile();
  const where = file ?? (awaited === null ? "no file" : `no file (${awaited} would be read)`);
  process.stdout.write(
    `The configuration is right: ${countText(configured.length, "setting")}, ${where}.\n`,
  );
}

export const configRoutes = buildRouteMap({
  routes: {
    show: buildCommand({
      docs: {
        brief: "All settings",
        fullDescription: `Flags come first, then CONVEX_… variables, then the file, then defaults.`,
      },
      parameters: {
        flags: {
          origin: { kind: "boolean", default: false, brief: "Say where each value comes from" },
          json: jsonFlag,
        },
      },
      func: (flags: ShowFlags) => guarded(() => show(flags)),
    }),
    check: buildCommand({
      docs: { brief: "Whether configuration file and environment are right (exit code 78)" },
      parameters: { flags: { json: jsonFlag } },
      func: (flags: { readonly json: boolean }) => guarded(() => check(flags)),
    }),
  },
  docs: { brief: "Settings: file, environment, defaults" },
});
