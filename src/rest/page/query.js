// A box to run code in as an account: it is a query, so that nothing changes.

import * as api from "./api.js";
import { Code, CodeBox } from "./code.js";
import { html, useState } from "./preact.js";

const EXAMPLES = [
  ["Sum", "(+ 1 2)"],
  ["Supply of coins", "(coin-supply)"],
  ["Juice price", "*juice-price*"],
  ["A function", "(let [square (fn [x] (* x x))]\n  (map square [1 2 3 4]))"],
  ["An account", "(account #12)"],
];

const HISTORY_MAX = 20;

function Answer({ answer }) {
  const { source, result, error, tookMs } = answer;
  const isError = error !== null || result.errorCode !== undefined;
  return html`
    <li class=${isError ? "answer failed" : "answer"}>
      <${Code} text=${source} />
      <p class=${isError ? "bad" : ""}>
        ${error?.message}
        ${error === null && isError && html`<strong>${result.errorCode}</strong> ${String(result.value)}`}
        ${!isError && html`<${Code} text=${result.result ?? api.written(result.value)} />`}
      </p>
      <p class="quiet">${tookMs} ms${result?.info?.juice === undefined ? "" : `, ${result.info.juice} juice`}</p>
    </li>
  `;
}

export function Query({ address: given }) {
  const [source, setSource] = useState("(+ 1 2)");
  const [address, setAddress] = useState(given ?? "");
  const [answers, setAnswers] = useState([]);
  const [isBusy, setBusy] = useState(false);
  const run = async () => {
    if (isBusy || source.trim() === "") return;
    setBusy(true);
    const startedAt = performance.now();
    let [result, error] = [null, null];
    try {
      result = await api.query(source, address === "" ? null : `#${address.replace(/^#/, "")}`);
    } catch (failure) {
      error = failure;
    }
    const tookMs = Math.round(performance.now() - startedAt);
    setAnswers((before) => [{ source, result, error, tookMs }, ...before].slice(0, HISTORY_MAX));
    setBusy(false);
  };
  const submit = (event) => {
    event.preventDefault();
    void run();
  };
  return html`
    <h1>Query</h1>
    <p>Runs code on this peer's State. Nothing changes, and nothing is paid.</p>
    <form onSubmit=${submit} class="query">
      <${CodeBox} label="Code" value=${source} onInput=${setSource} onRun=${run} />
      <label>As account <input value=${address} placeholder="#11" inputmode="numeric"
        onInput=${(event) => setAddress(event.target.value)} /></label>
      <button disabled=${isBusy}>Run <kbd>Ctrl Enter</kbd></button>
      <span class="examples">${EXAMPLES.map(
        ([name, code]) =>
          html`<button type="button" class="plain" onClick=${() => setSource(code)}>${name}</button>`,
      )}</span>
    </form>
    <ol class="answers" reversed aria-live="polite">
      ${answers.map((answer, i) => html`<${Answer} key=${answers.length - i} answer=${answer} />`)}
    </ol>
  `;
}
