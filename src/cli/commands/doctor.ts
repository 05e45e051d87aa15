// `doctor`: looks at configuration, machine, peer and network, and says what to do about what it
// finds.

import { buildCommand } from "@stricli/core";
import { configuredSettings } from "../config/configuration.ts";
import { type BundleSettings, bundleText } from "../doctor/bundle.ts";
import { type CheckReport, countOf, reportRows, runChecks } from "../doctor/check.ts";
import { CONFIGURATION_CHECKS } from "../doctor/configuration-checks.ts";
import { MACHINE_CHECKS } from "../doctor/machine-checks.ts";
import { PEER_CHECKS } from "../doctor/peer-checks.ts";
import { barrierOf, closeScene, type DoctorScene, openScene } from "../doctor/scene.ts";
import { CommandError, EXIT, guarded } from "../failure.ts";
import { writeNewFile } from "../files/new-file.ts";
import { dataDirFlag, jsonFlag } from "../flags.ts";
import { fileFlag } from "../keys/passphrase.ts";
import { printJsonLine, rowsText } from "../terminal/json-line.ts";
import { paint } from "../terminal/paint.ts";
import { SETTINGS } from "./config.ts";

export const CHECKS = [...CONFIGURATION_CHECKS, ...MACHINE_CHECKS, ...PEER_CHECKS];
const OWNER_ONLY = 0o600;

interface DoctorFlags {
  readonly dataDir?: string | undefined;
  readonly bundle?: string | undefined;
  readonly json: boolean;
}

function settingsInUse(): BundleSettings[] {
  try {
    return configuredSettings(SETTINGS).map(({ setting: { section, key }, origin }) => ({
      name: section === null ? key : `${section}.${key}`,
      origin,
    }));
  } catch (error) {
    // What is wrong with them is among the findings.
    if (error instanceof CommandError) return [];
    throw error;
  }
}

async function writeBundle(
  path: string,
  scene: DoctorScene,
  reports: readonly CheckReport[],
): Promise<void> {
  const own = await scene.own.catch(() => null);
  const text = bundleText(reports, own, settingsInUse(), new Date());
  writeNewFile(path, text, { mode: OWNER_ONLY });
}

function painted(text: string): string {
  return text.replace(/^FAIL/gm, paint.red("FAIL")).replace(/^WARN/gm, paint.yellow("WARN"));
}

async function doctor({ dataDir, bundle, json }: DoctorFlags): Promise<void> {
  const scene = openScene(dataDir);
  try {
    await look(scene, bundle, json);
  } finally {
    await closeScene(scene);
  }
}

async function look(scene: DoctorScene, bundle: string | undefined, json: boolean): Promise<void> {
  const reports = await runChecks(CHECKS, scene, barrierOf(scene.folder.root) !== null);
  const [failed, warned] = [countOf(reports, "fail"), countOf(reports, "warn")];
  if (json) printJsonLine({ failed, warned, checks: reports });
  else {
    process.stdout.write(painted(rowsText(reportRows(reports))));
    const done = reports.length - countOf(reports, "skip");
    process.stdout.write(`${done} checks: ${failed} failed, ${warned} warnings.\n`);
  }
  if (bundle !== undefined) {
    await writeBundle(bundle, scene, reports);
    process.stderr.write(
      `${bundle} holds this without addresses and names: read it, then share it.\n`,
    );
  }
  if (failed > 0) process.exitCode = EXIT.ERROR;
}

export const doctorCommand = buildCommand({
  docs: {
    brief: `${CHECKS.length} checks of configuration, machine, peer and network, with what to do`,
    fullDescription:
      "Runs all checks at once, in less than five seconds. Ends with 1 when one of them failed; " +
      "warnings alone end with 0.",
  },
  parameters: {
    flags: {
      dataDir: dataDirFlag,
      bundle: fileFlag("Write findings and figures to this new file, for whoever helps"),
      json: jsonFlag,
    },
  },
  func: (flags: DoctorFlags) => guarded(() => doctor(flags)),
});
