// What is inside the executable, as CycloneDX: `npm sbom` over the lock file, plus the runtime.
// Nothing in it depends on when or in which folder it was made.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import packageJson from "../package.json" with { type: "json" };
import { BUN_VERSION } from "./runtime-table.ts";

const ROOT = join(import.meta.dir, "..");

interface Bom {
  serialNumber?: string;
  metadata: { timestamp?: string; component: { name: string; type: string } };
  components: { "bom-ref": string; [field: string]: unknown }[];
  dependencies: { ref: string; dependsOn: string[] }[];
}

/** JSON text. @throws Error when npm is not there or refuses the lock file */
export function billOfMaterials(): string {
  const args = ["sbom", "--sbom-format", "cyclonedx", "--omit", "dev", "--package-lock-only"];
  const { status, stdout, stderr, error } = spawnSync("npm", args, { cwd: ROOT, encoding: "utf8" });
  if (status !== 0) throw new Error(`npm sbom failed: ${error?.message ?? stderr.trim()}`);
  const bom = JSON.parse(stdout) as Bom;
  delete bom.metadata.timestamp;
  delete bom.serialNumber;
  bom.metadata.component = {
    ...bom.metadata.component,
    name: packageJson.name,
    type: "application",
  };
  const ref = `bun@${BUN_VERSION}`;
  bom.components.push({
    "bom-ref": ref,
    type: "platform",
    name: "bun",
    version: BUN_VERSION,
    purl: `pkg:npm/bun@${BUN_VERSION}`,
    licenses: [{ license: { id: "MIT" } }],
  });
  const own = bom.dependencies.find(
    (each) => each.ref === `${packageJson.name}@${packageJson.version}`,
  );
  own?.dependsOn.push(ref);
  const digest = createHash("sha256").update(JSON.stringify(bom)).digest("hex");
  return `${JSON.stringify({ ...bom, serialNumber: `urn:uuid:${uuidOf(digest)}` }, null, 2)}\n`;
}

/** A name-based UUID (version 8: ours to fill) from a digest. */
function uuidOf(digest: string): string {
  const at = (from: number, to: number) => digest.slice(from, to);
  return `${at(0, 8)}-${at(8, 12)}-8${at(13, 16)}-8${at(17, 20)}-${at(20, 32)}`;
}
