// Every file of src can be the first that is loaded. Where imports form no circle the order is
// given, and each file finds what it imports. A circle runs its files in an order that begins with
// whichever was asked for: each of its files is loaded first once, in a process of its own.

import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const SOURCE = join(import.meta.dir, "../src");
/** Processes that run at a time. */
const PROCESSES = 2;

type Graph = ReadonlyMap<string, readonly string[]>;

/** What each file imports when it runs: types are gone by then. */
function importGraph(): Graph {
  const transpiler = new Bun.Transpiler({ loader: "ts" });
  const paths = [...new Bun.Glob("**/*.ts").scanSync(SOURCE)].sort();
  const importsOf = (path: string) =>
    transpiler
      .scanImports(readFileSync(join(SOURCE, path), "utf8"))
      .map((found) => relative(SOURCE, join(SOURCE, dirname(path), found.path)))
      .filter((target) => paths.includes(target));
  return new Map(paths.map((path) => [path, importsOf(path)]));
}

/** All that a file loads, itself only when it comes back to it. */
function reachedFrom(graph: Graph, path: string): Set<string> {
  const reached = new Set<string>();
  const open = [...(graph.get(path) ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    open.push(...(graph.get(next) ?? []));
  }
  return reached;
}

function filesInCircles(graph: Graph): string[] {
  return [...graph.keys()].filter((path) => reachedFrom(graph, path).has(path));
}

/** What went wrong when nothing else had been loaded; null when nothing did. */
async function failureOf(file: string): Promise<string | null> {
  const script = `await import(${JSON.stringify(file)})`;
  const child = Bun.spawn([process.execPath, "-e", script], { stdout: "ignore", stderr: "pipe" });
  const text = await new Response(child.stderr).text();
  return (await child.exited) === 0 ? null : (/^error: .*|^\w*Error: .*/m.exec(text)?.[0] ?? text);
}

async function failuresOf(files: readonly string[]): Promise<string[]> {
  const left = [...files];
  const failures: string[] = [];
  const work = async (): Promise<void> => {
    for (let file = left.shift(); file !== undefined; file = left.shift()) {
      const failure = await failureOf(join(SOURCE, file));
      if (failure !== null) failures.push(`${file}: ${failure}`);
    }
  };
  await Promise.all(Array.from({ length: PROCESSES }, work));
  return failures;
}

test("circles are found", () => {
  const graph = new Map([
    ["a", ["b"]],
    ["b", ["c"]],
    ["c", ["b", "d"]],
    ["d", []],
  ]);
  expect(filesInCircles(graph)).toEqual(["b", "c"]);
  expect(importGraph().size).toBeGreaterThan(300);
});

test("any file can be the first that is loaded", async () => {
  expect(await failuresOf(filesInCircles(importGraph()))).toEqual([]);
});
