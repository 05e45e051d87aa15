// A form for every operation of the OpenAPI document.

const SHOWN_MAX = 100_000;

/** An element with properties and children. */
function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function resolved(schema, api) {
  const name = schema?.$ref?.split("/").at(-1);
  return name === undefined ? (schema ?? {}) : (api.components.schemas[name] ?? {});
}

/** A value that a schema allows, as far as its examples and types tell. */
function exampleOf(given, api) {
  const schema = resolved(given, api);
  if (schema.examples?.length > 0) return schema.examples[0];
  if (schema.default !== undefined) return schema.default;
  if (schema.anyOf !== undefined) return exampleOf(schema.anyOf[0], api);
  if (schema.type === "object") {
    const members = Object.entries(schema.properties ?? {});
    return Object.fromEntries(members.map(([key, member]) => [key, exampleOf(member, api)]));
  }
  if (schema.type === "integer" || schema.type === "number") return 1;
  return schema.type === "boolean" ? true : "";
}

function parameterInput({ name, description, required, schema }) {
  const value = schema?.default ?? "";
  const input = element("input", { name, required: required === true, value });
  const label = element(
    "label",
    {},
    `${name}${required ? "" : " (optional)"}: ${description ?? ""}`,
  );
  label.append(input);
  return { label, input };
}

function select(words, options) {
  const input = element("select");
  for (const option of options) input.append(element("option", { value: option }, option));
  return { label: element("label", {}, words, input), input };
}

function bodyInputs(content, api) {
  const isJson = (type) => Number(type === "application/json");
  const types = Object.keys(content).sort((a, b) => isJson(b) - isJson(a));
  const type = select("Content-Type", types);
  const text = element("textarea", { spellcheck: false });
  const fill = () => {
    const example = exampleOf(content[type.input.value]?.schema, api);
    text.value = typeof example === "string" ? example : JSON.stringify(example, null, 2);
  };
  type.input.addEventListener("change", fill);
  fill();
  return { type, text, label: element("label", {}, "Body", text) };
}

/** Path and query with what the form says. */
function addressOf(path, parameters) {
  let address = path;
  const query = new URLSearchParams();
  for (const { parameter, input } of parameters) {
    if (parameter.in === "path") {
      address = address.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
    } else if (input.value !== "") query.set(parameter.name, input.value);
  }
  return query.size === 0 ? address : `${address}?${query}`;
}

function pretty(text, type) {
  if (!type.includes("json")) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** The beginning of a body that may have no end. */
async function textOf(response, signal) {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (reader !== undefined && text.length < SHOWN_MAX && !signal.aborted) {
    const { value, done } = await reader.read();
    if (done) return text;
    text += value;
  }
  await reader?.cancel();
  return `${text}…`;
}

async function send(address, options, output) {
  const started = performance.now();
  output.value = `${options.method} ${address} …`;
  const stop = AbortSignal.timeout(10_000);
  try {
    const response = await fetch(address, { ...options, signal: stop });
    const type = response.headers.get("content-type") ?? "";
    const isImage = type.startsWith("image/");
    const text = isImage ? "(a picture)" : await textOf(response, stop);
    const tookMs = Math.round(performance.now() - started);
    const head = `${response.status} ${response.statusText}  ${type}  ${tookMs} ms`;
    output.value = `${head}\n\n${pretty(text, type)}`;
  } catch (error) {
    output.value = String(error);
  }
}

function accepted(operation) {
  const success = Object.entries(operation.responses).find(([status]) => status.startsWith("2"));
  return Object.keys(success?.[1].content ?? { "application/json": {} });
}

function operationForm(path, method, operation, api) {
  const parameters = (operation.parameters ?? []).map((parameter) => ({
    parameter,
    ...parameterInput(parameter),
  }));
  const content = operation.requestBody?.content;
  const body = content === undefined ? null : bodyInputs(content, api);
  const accept = select("Accept", accepted(operation));
  const output = element("output", { ariaLive: "polite" });
  const form = element("form", {}, operation.description ?? "");
  for (const { label } of parameters) form.append(label);
  if (body !== null) form.append(body.type.label, body.label);
  form.append(accept.label, element("button", {}, "Send"), output);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const headers = { Accept: accept.input.value };
    const token = document.querySelector("#token").value;
    if (token !== "") headers.Authorization = `Bearer ${token}`;
    if (body !== null) headers["Content-Type"] = body.type.input.value;
    const options = { method: method.toUpperCase(), headers };
    if (body !== null) options.body = body.text.value;
    void send(addressOf(path, parameters), options, output);
  });
  return form;
}

function operationDetails(path, method, operation, api) {
  const code = element("code", {}, `${method.toUpperCase()} ${path}`);
  const details = element("details", {}, element("summary", {}, code, ` ${operation.summary}`));
  // Forms are made when they are looked at.
  details.addEventListener(
    "toggle",
    () => details.append(operationForm(path, method, operation, api)),
    { once: true },
  );
  return details;
}

function show(api) {
  document.querySelector("#about").textContent = api.info.description;
  const groups = Map.groupBy(
    Object.entries(api.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    ),
    ({ operation }) => operation.tags?.[0] ?? "Other",
  );
  const main = document.querySelector("#operations");
  for (const [tag, operations] of [...groups].sort(([a], [b]) => a.localeCompare(b))) {
    main.append(element("h2", {}, tag));
    for (const { path, method, operation } of operations) {
      main.append(operationDetails(path, method, operation, api));
    }
  }
}

const response = await fetch("/openapi.json");
show(await response.json());
