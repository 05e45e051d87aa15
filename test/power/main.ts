// Cuts the power of a peer's disk, under load and after commands, and says what was lost.

import { existing, oneOf, readCommandLine, wholeNumber } from "../../release/tool.ts";
import { playScene, SCENE_NAMES } from "./command-scenes.ts";
import { loadRounds } from "./load-rounds.ts";
import { powerObstacle } from "./power-cut.ts";

const PARTS = ["all", "load", "commands"] as const;

const tool = {
  command: "bun run power",
  usage: `[--only load|commands] [--cuts N] [--seed S] [--binary FILE]

Cuts the power of an ext4 file system, and looks whether all is there that clients and operators
were told. Needs root.

  --only PART    one of both: a peer under load, or each of ${SCENE_NAMES.length} commands
  --cuts N       how often under load (30)
  --seed S       what the moments come from (1)
  --binary FILE  the executable to start the peer from; the sources when it is left out`,
  flags: { only: "text", cuts: "text", seed: "text", binary: "text" },
} as const;

const options = readCommandLine(tool, ({ values }) => ({
  only: oneOf(values.only ?? "all", "--only", PARTS),
  cuts: wholeNumber(values.cuts ?? "30", "--cuts", 1),
  seed: wholeNumber(values.seed ?? "1", "--seed", 0),
  binary: existing(values.binary, "--binary"),
}));

const obstacle = powerObstacle();
if (obstacle !== null) {
  process.stderr.write(`No power can be cut here: ${obstacle}\n`);
  process.exit(69);
}

const lost: string[] = [];
if (options.only !== "commands") {
  const report = await loadRounds(options.cuts, options.seed, options.binary);
  process.stdout.write(`${report.cuts} cuts, ${report.confirmed} transactions confirmed\n`);
  lost.push(...report.lost);
}
for (const name of options.only === "load" ? [] : SCENE_NAMES) {
  const missing = await playScene(name, options.binary);
  process.stdout.write(`${missing.length === 0 ? "kept" : "LOST"}  ${name}\n`);
  lost.push(...missing);
}
process.stdout.write(`${lost.map((sentence) => `lost: ${sentence}\n`).join("")}`);
process.exit(lost.length === 0 ? 0 : 1);
