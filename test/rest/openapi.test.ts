// The OpenAPI document: complete, sound in itself, and made of the schemas that validate.

import { afterAll, expect, test } from "bun:test";
import { ApiUnderTest } from "./api-under-test.ts";

const api = new ApiUnderTest();
const { json: document } = await api.request("GET", "/openapi.json");

afterAll(async () => {
  expect(api.faults).toEqual([]);
  await api.peer.close();
});

/** Routes that serve the document itself, or pages. */
const UNDOCUMENTED = new Set([
  "GET /openapi.json",
  "GET /openapi",
  "GET /swagger",
  "GET /redoc",
  "GET /swagger/try.css",
  "GET /swagger/try.js",
]);

/** Pages for people: the start page, and the explorer. */
const PAGE = /^(?:GET|POST) \/(?:|index\.html|llms\.txt|(?:explorer|page)(?:\/.*)?)$/;

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly responses: Record<string, { readonly content?: Record<string, unknown> }>;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Record<string, unknown> };
}

const operations = Object.entries<Record<string, Operation>>(document.paths).flatMap(
  ([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
);

test("is of version 3.1, and served where the reference has its own", async () => {
  expect(document.openapi).toBe("3.1.0");
  expect((await api.request("GET", "/openapi?v=peer-v1")).json).toEqual(document);
});

test("has every route of the app", () => {
  const documented = new Set(
    operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`),
  );
  const routes = api.app.routes
    .filter(({ method }) => method !== "ALL")
    .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, "{$1}")}`);
  const missing = routes
    .filter((route) => !PAGE.test(route))
    .filter((route) => !documented.has(route) && !UNDOCUMENTED.has(route));
  expect(missing).toEqual([]);
});

test("every operation has a name of its own, words, and responses with words", () => {
  const names = operations.map(({ operation }) => operation.operationId);
  expect(new Set(names).size).toBe(names.length);
  for (const { operation } of operations) {
    expect(operation.summary.length).toBeGreaterThan(5);
    for (const response of Object.values(operation.responses)) {
      expect(response).toHaveProperty("description");
    }
  }
});

test("every path parameter is described", () => {
  for (const { path, operation } of operations) {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
    const described = (operation.parameters ?? []).filter((one) => one.in === "path");
    expect(described.map((one) => one.name)).toEqual(named as string[]);
  }
});

test("every reference leads somewhere", () => {
  const references = JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g);
  const names = new Set([...references].map((match) => match[1] as string));
  expect(names.size).toBeGreaterThan(15);
  for (const name of names) expect(document.components.schemas).toHaveProperty(name);
});

test("request bodies are documented with what validates them", () => {
  const { PrepareRequest, QueryRequest, FaucetRequest } = document.components.schemas;
  expect(PrepareRequest.required).toEqual(["address", "source"]);
  expect(QueryRequest.required).toEqual(["source"]);
  expect(FaucetRequest.properties.amount.anyOf).toContainEqual({
    type: "integer",
    format: "int64",
  });
  const { content } = document.paths["/api/v1/query"].post.requestBody;
  expect(Object.keys(content).sort()).toEqual(["application/cvx", "application/json"]);
});

test("no schema is empty for want of a rule", () => {
  for (const { operation } of operations) {
    for (const media of Object.values(operation.requestBody?.content ?? {})) {
      expect(JSON.stringify((media as { schema: object }).schema)).not.toBe("{}");
    }
  }
});

test("there is a page to try it, which loads nothing from elsewhere", async () => {
  for (const path of ["/swagger", "/redoc"]) {
    const { status, type, text, headers } = await api.request("GET", path);
    expect([status, type]).toEqual([200, "text/html;charset=utf-8"]);
    expect(headers.get("content-security-policy")).toStartWith("default-src 'none'");
    const links = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] as string);
    expect(links.length).toBeGreaterThan(2);
    for (const link of links) expect((await api.request("GET", link)).status).toBe(200);
  }
});
