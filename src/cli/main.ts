// Entry of the executable. Scripts ask for the version often: it is answered before anything is
// loaded; and a peer starts anew with what its runtime must know before that.

import packageJson from "../../package.json" with { type: "json" };

const typed = process.argv.slice(2);
if (typed.length === 1 && (typed[0] === "--version" || typed[0] === "-v")) {
  process.stdout.on("error", async (error) => {
    const { reportFailure } = await import("./failure.ts");
    process.exit(reportFailure(error));
  });
  process.stdout.write(`${packageJson.version}\n`);
} else {
  const { restartWithRuntimeOptions } = await import("./service/runtime-options.ts");
  restartWithRuntimeOptions(typed);
  const { runApplication } = await import("./run-application.ts");
  await runApplication(typed);
}
