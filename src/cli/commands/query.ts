// `query`: what forms give on the State that a peer has at finality. Nothing is changed, nothing is
// paid.

import { buildCommand } from "@stricli/core";
import type { Address } from "../../data/address.ts";
import { type HostFlags, hostFlags, withPeer } from "../contact/peer-client.ts";
import { guarded } from "../failure.ts";
import { dataDirFlag, jsonFlag } from "../flags.ts";
import { fileFlag } from "../keys/passphrase.ts";
import { addressFlag } from "../terminal/address-text.ts";
import { shownText } from "../terminal/visible-text.ts";
import { givenForms } from "../transactions/form-text.ts";
import { failureOf, resultJson, valueText } from "../transactions/result-output.ts";
import { timeoutFlag } from "../transactions/submission.ts";

interface QueryFlags extends HostFlags {
  readonly address?: Address | undefined;
  readonly file?: string | undefined;
  readonly timeout: number;
  readonly json: boolean;
}

const SECOND_MS = 1_000;

async function query(flags: QueryFlags, texts: readonly string[]): Promise<void> {
  const forms = givenForms(texts, flags.file);
  await withPeer(flags, async (client) => {
    for (const form of forms) {
      const result = await client.ask(form, flags.address ?? null, flags.timeout * SECOND_MS);
      if (flags.json) process.stdout.write(`${shownText(resultJson(result))}\n`);
      const failure = failureOf(result);
      if (failure !== null) throw failure;
      if (!flags.json) process.stdout.write(`${shownText(valueText(result.result))}\n`);
    }
  });
}

export const queryCommand = buildCommand({
  docs: {
    brief: "What forms give on the present State of the network",
    fullDescription:
      "Runs each form on the present State and prints its value; stops at the first error.\n" +
      "Example: convex-peer query '(balance #12)' '*timestamp*'",
  },
  parameters: {
    flags: {
      dataDir: dataDirFlag,
      ...hostFlags,
      address: addressFlag("Account to run as (default: the peer's choice, #11)"),
      file: fileFlag("File with forms; - for standard input"),
      timeout: timeoutFlag,
      json: jsonFlag,
    },
    positional: {
      kind: "array",
      parameter: { parse: String, placeholder: "FORM", brief: "Convex Lisp" },
    },
  },
  func: (flags: QueryFlags, ...forms: string[]) => guarded(() => query(flags, forms)),
});
