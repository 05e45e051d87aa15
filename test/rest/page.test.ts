// The page at `/` in a real browser: Chromium, where the machine has it.

import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { Access } from "../../src/rest/access/access.ts";
import { BearerTokens } from "../../src/rest/access/bearer-tokens.ts";
import { notRun } from "../not-run.ts";
import { TEST_MS } from "../patience.ts";
import { ApiUnderTest } from "./api-under-test.ts";
import { CHROMIUM, listenOn, openBrowser } from "./page-scene.ts";

setDefaultTimeout(TEST_MS);

/** The page's scripts have no types of their own. */
const { pieces } = (await import(`../../src/rest/page/${"highlight"}.js`)) as {
  pieces: (text: string) => [kind: string | null, text: string][];
};

const { coins, number } = (await import(`../../src/rest/page/${"format"}.js`)) as {
  coins: (copper: number | bigint) => string;
  number: (value: number | bigint | null) => string;
};

/** Compressed bytes of the first view. */
const FIRST_VIEW_MAX = 150_000;

const api = new ApiUnderTest();
const { base, close } = listenOn(api);

afterAll(async () => {
  expect(api.faults).toEqual([]);
  await close();
});

test("its files go out once, compressed, and with a strict policy", async () => {
  const headers = { "Accept-Encoding": "gzip" };
  const html = await (await fetch(`${base}/`)).text();
  expect(html).not.toMatch(/https?:|<script>|style=/);
  const named = [...html.matchAll(/(?:src|href)="(\/page\/[^"]+)"/g)].map((match) => match[1]);
  expect(named.length).toBeGreaterThan(3);
  for (const path of ["/", ...named]) {
    const answer = await fetch(`${base}${path}`, { headers });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-security-policy")).toStartWith("default-src 'none'");
    expect(answer.headers.get("content-encoding")).toBe("gzip");
    const tag = answer.headers.get("etag") ?? "";
    const again = await fetch(`${base}${path}`, { headers: { ...headers, "If-None-Match": tag } });
    expect(again.status).toBe(304);
  }
});

test("a file is compressed for who takes gzip, and for nobody else", async () => {
  const encodingFor = async (accepted: string) => {
    const answer = await fetch(`${base}/`, { headers: { "Accept-Encoding": accepted } });
    expect((await answer.text()).startsWith("<!")).toBe(true);
    return answer.headers.get("content-encoding");
  };
  for (const accepted of ["gzip", "br, gzip;q=0.5", "GZIP ; Q=0.001", "x-gzip,deflate"]) {
    expect([accepted, await encodingFor(accepted)]).toEqual([accepted, "gzip"]);
  }
  for (const accepted of ["gzip;q=0", "gzip; q=0.000, br", "identity", "not-gzip"]) {
    expect([accepted, await encodingFor(accepted)]).toEqual([accepted, null]);
  }
});

test("amounts are written with every digit there is", () => {
  expect([number(2n ** 53n + 1n), number(1_234), number(null)]).toEqual([
    "9,007,199,254,740,993",
    "1,234",
    "–",
  ]);
  expect([coins(10n ** 17n), coins(10 ** 10)]).toEqual(["100M", "10"]);
});

describe("colours of code", () => {
  test("joined, the pieces are the text", () => {
    for (const text of [
      '(def a "x\\"y") ; end',
      "\\a #12 0xff :k -1.5e3",
      '"open',
      "#[00]",
      "é\n",
    ]) {
      const joined = pieces(text).map(([, piece]) => piece);
      expect(joined.join("")).toBe(text);
    }
  });

  test("kinds", () => {
    const kinds = pieces('(fn :a #1 "s" 2 x)').filter(([kind]) => kind !== null);
    const named = kinds.map(([kind]) => kind);
    const inner = ["special", "keyword", "address", "string", "number", "symbol"];
    expect(named).toEqual(["bracket", ...inner, "bracket"]);
  });
});

if (CHROMIUM === undefined) {
  notRun("Chromium is not here; the page was not run in a browser");
} else {
  describe("in a browser", () => {
    let browser: Browser;
    const complaints: string[] = [];
    const outside: string[] = [];

    beforeAll(async () => {
      browser = await openBrowser();
      await api.submit("(* 3 4)");
    });

    afterAll(async () => {
      await browser.close();
    });

    async function open(hash: string, options = {}): Promise<Page> {
      const page = await browser.newPage(options);
      page.on("console", (message) => complaints.push(message.text()));
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("request", (request) => {
        if (!request.url().startsWith(base)) outside.push(request.url());
      });
      await page.goto(`${base}/${hash}`);
      return page;
    }

    const heading = (page: Page) => page.locator("h1").first().textContent();

    test("the first view is small, says how the peer is, and follows new blocks", async () => {
      const sizes: Promise<number>[] = [];
      const page = await browser.newPage();
      page.on("requestfinished", (request) => {
        sizes.push(request.sizes().then(({ responseBodySize }) => responseBodySize));
      });
      await page.goto(`${base}/`);
      await page.getByText("ready", { exact: true }).waitFor();
      await page.locator(".uplot canvas").first().waitFor();
      const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
      expect(bytes).toBeGreaterThan(10_000);
      expect(bytes).toBeLessThan(FIRST_VIEW_MAX);
      await api.submit("(+ 1 1)");
      await page.getByRole("progressbar", { name: "Final: 2" }).waitFor();
      await page.getByRole("link", { name: "1", exact: true }).waitFor();
      await page.close();
    });

    test("what is wrong is said", async () => {
      api.health = { isReady: false, obstacle: "No quorum: 1 of 3 stakes are heard" };
      const page = await open("#/");
      await page.getByText("Not ready: No quorum: 1 of 3 stakes are heard").waitFor();
      api.health = {};
      await page.close();
    });

    test("blocks, their transactions, accounts, peers and names are shown", async () => {
      const page = await open("#/blocks");
      await page.getByRole("link", { name: "0", exact: true }).click();
      await page.getByText("(* 3 4)").waitFor();
      await page.getByRole("link", { name: "#12" }).click();
      await page.getByText("copper").waitFor();
      expect(await heading(page)).toBe("Account #12");
      await page.goto(`${base}/#/peers`);
      await page.locator("td a").first().click();
      await page.getByText("Own stake").waitFor();
      await page.goto(`${base}/#/names/convex.fungible`);
      await page.getByText("Stands for").waitFor();
      await page.goto(`${base}/#/accounts/9999999`);
      await page.getByRole("alert").waitFor();
      expect(await page.getByRole("alert").textContent()).toContain("does not exist");
      await page.close();
    });

    test("the list of blocks begins with the latest, and follows", async () => {
      const page = await open("#/blocks");
      const first = page.locator("tbody tr a").first();
      const before = api.peer.position;
      await page.getByText(`${before - 1} – 0 of ${before}`).waitFor();
      expect(await first.textContent()).toBe(`${before - 1}`);
      await api.submit("(+ 2 2)");
      await page.getByText(`${before} – 0 of ${before + 1}`).waitFor();
      expect(await first.textContent()).toBe(`${before}`);
      await page.close();
    });

    test("all of it by keyboard: search, query, skip to the content", async () => {
      const page = await open("#/");
      await page.getByRole("heading", { name: "Overview" }).waitFor();
      await page.keyboard.press("Tab");
      expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to content");
      await page.keyboard.press("Enter");
      expect(await page.evaluate("document.activeElement.id")).toBe("main");
      await page.getByRole("searchbox").focus();
      await page.keyboard.type("#12");
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "Account #12" }).waitFor();
      await page.getByRole("link", { name: "query as this account" }).focus();
      await page.keyboard.press("Enter");
      await page.getByRole("textbox", { name: "Code" }).fill("*address*");
      await page.keyboard.press("Control+Enter");
      await page.locator(".answer", { hasText: "#12" }).waitFor();
      await page.getByRole("textbox", { name: "Code" }).fill("(nothing-here)");
      await page.keyboard.press("Control+Enter");
      await page.locator(".answer.failed", { hasText: "UNDECLARED" }).waitFor();
      await page.close();
    });

    test("what code returns is text, never part of the page", async () => {
      const page = await open("#/query");
      await page.getByRole("textbox", { name: "Code" }).fill('"<img src=x onerror=alert(1)>"');
      await page.keyboard.press("Control+Enter");
      await page.locator(".answer").waitFor();
      expect(await page.locator("img").count()).toBe(0);
      await page.close();
    });

    test("addresses that mean nothing, or are broken, are said", async () => {
      for (const hash of ["#/constructor", "#/nothing/1", "#/%zz", "#/%zz/%e0%a4"]) {
        const page = await open(hash);
        await page.getByText("There is nothing at this address").waitFor();
        await page.close();
      }
      const page = await open("#/accounts/%e0%a4");
      await page.getByRole("alert").waitFor();
      await page.close();
    });

    test("integers beyond 2^53 have every digit", async () => {
      const large = String(2n ** 55n + 1n);
      await api.submit(`[${large} (transfer #13 1)]`);
      const page = await open(`#/blocks/${api.peer.position - 1}`);
      await page.locator("td a").first().click();
      await page.locator("pre", { hasText: large }).first().waitFor();
      expect(await page.locator("pre", { hasText: large }).count()).toBe(2);
      await page.close();
    });

    test("where the API needs a token, the page asks for it", async () => {
      const tokens = new BearerTokens(["a-token-of-this-test"]);
      const access = new Access({ tokens, allow: null, routes: null, rate: null });
      const closed = new ApiUnderTest(true, { access });
      const listener = listenOn(closed);
      const page = await browser.newPage();
      await page.goto(`${listener.base}/`);
      await page.getByLabel("Token").fill("a-token-of-this-test");
      await page.getByRole("button", { name: "Go on" }).click();
      await page.getByText("ready", { exact: true }).waitFor();
      await page.close();
      await listener.close();
    });

    test("on a phone, light and dark: nothing is wider than the screen", async () => {
      for (const colorScheme of ["light", "dark"] as const) {
        const page = await open("#/", { viewport: { width: 360, height: 740 }, colorScheme });
        for (const hash of ["#/", "#/blocks", "#/blocks/0", "#/accounts", "#/peers", "#/query"]) {
          await page.goto(`${base}/${hash}`);
          await page.locator("h1").waitFor();
          const overflow = "document.documentElement.scrollWidth - innerWidth";
          expect(await page.evaluate(overflow)).toBeLessThanOrEqual(0);
        }
        await page.close();
      }
    });

    test("no complaints in the console but of refused requests, nothing from elsewhere", () => {
      expect(complaints.filter((text) => !/status of (?:400|404|503)/.test(text))).toEqual([]);
      expect(outside).toEqual([]);
    });
  });
}
