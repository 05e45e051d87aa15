// Makes the pictures of docs/page.md.

import { readCommandLine } from "../../release/tool.ts";
import { ApiUnderTest } from "./api-under-test.ts";
import { listenOn, openBrowser } from "./page-scene.ts";

readCommandLine(
  {
    command: "bun run docs:page",
    usage: "\n\n  makes the pictures of docs/page.md anew",
    flags: {},
  },
  () => null,
);

const FOLDER = "docs/page";
const DESKTOP = { width: 1100, height: 900 };
const PHONE = { width: 390, height: 844 };
/** Transactions that the pictures show. */
const TRANSACTIONS = 40;

/** [file, address, screen, colours] */
const PICTURES = [
  ["overview", "#/", DESKTOP, "light"],
  ["block", "#/blocks/1", DESKTOP, "light"],
  ["query", "#/query", DESKTOP, "dark"],
  ["phone", "#/", PHONE, "dark"],
] as const;

const api = new ApiUnderTest();
const { base, close } = listenOn(api);
const browser = await openBrowser();
for (const [name, hash, viewport, colorScheme] of PICTURES) {
  const page = await browser.newPage({ viewport, colorScheme });
  await page.goto(`${base}/${hash}`);
  await page.locator("h1").waitFor();
  if (name === "query") {
    const code = "(let [square (fn [x] (* x x))]\n  (map square [1 2 3 4]))";
    await page.getByRole("textbox", { name: "Code" }).fill(code);
    await page.keyboard.press("Control+Enter");
    await page.locator(".answer").waitFor();
  }
  for (let i = 0; i < TRANSACTIONS; i++) {
    await api.submit(`(transfer #13 ${i + 1})`);
    await Bun.sleep(100);
  }
  const path = `${FOLDER}/${name}.png`;
  await page.screenshot({ path });
  process.stdout.write(`${path}\n`);
  await page.close();
}
await browser.close();
await close();
