// `key passphrase`: puts a stored key under another passphrase, or under none.

import { buildCommand } from "@stricli/core";
import { changePassphrase } from "../../../keys/change-passphrase.ts";
import { readPassphraseDescriptor } from "../../../keys/secret-file.ts";
import { CommandError, EXIT, guarded } from "../../failure.ts";
import { jsonFlag } from "../../flags.ts";
import { inFolderTurn } from "../../keys/key-turn.ts";
import {
  fileFlag,
  openingPassphrase,
  type PassphraseFlags,
  parseDescriptor,
  passphraseFlags,
  requiredNewPassphrase,
  warnIfShort,
} from "../../keys/passphrase.ts";
import {
  chosenKey,
  type KeyChoiceFlags,
  keyChoiceFlags,
  keyStoreOf,
} from "../../keys/stored-key.ts";
import { printKey } from "./added-key.ts";

interface ChangeFlags extends KeyChoiceFlags, PassphraseFlags {
  readonly newPassphraseFile?: string | undefined;
  readonly newPassphraseFd?: number | undefined;
  readonly remove: boolean;
  readonly json: boolean;
}

async function nextPassphrase(flags: ChangeFlags): Promise<string | null> {
  const { newPassphraseFile, newPassphraseFd, remove } = flags;
  const given = [newPassphraseFile, newPassphraseFd, remove ? true : undefined];
  if (given.filter((flag) => flag !== undefined).length > 1) {
    const names = "--new-passphrase-file, --new-passphrase-fd and --remove";
    throw new CommandError(EXIT.USAGE, `Give one of ${names}`);
  }
  if (remove) return null;
  if (newPassphraseFd !== undefined) return warnIfShort(readPassphraseDescriptor(newPassphraseFd));
  return requiredNewPassphrase(newPassphraseFile, "the key file", "--new-passphrase-file");
}

async function change(flags: ChangeFlags): Promise<void> {
  const key = chosenKey(flags);
  const store = keyStoreOf(flags);
  const asked = store.copiesOf(key).find(({ encrypted }) => encrypted) ?? key;
  const passphrase = await openingPassphrase(flags, asked);
  const next = await nextPassphrase(flags);
  const [changed = key, ...copies] = await inFolderTurn(store.folder, () =>
    changePassphrase(store, key, passphrase, next),
  );
  const files = copies.map(({ path }) => path);
  printKey(changed, flags.json, files.length === 0 ? {} : { copies: files });
  if (files.length === 0 || flags.json) return;
  process.stderr.write(`So are the other files of this key: ${files.join(", ")}.\n`);
}

export const passphraseCommand = buildCommand({
  docs: { brief: "Put a key under another passphrase" },
  parameters: {
    flags: {
      ...keyChoiceFlags,
      ...passphraseFlags,
      newPassphraseFile: fileFlag("File whose first line is the new passphrase"),
      newPassphraseFd: {
        kind: "parsed",
        parse: parseDescriptor,
        optional: true,
        placeholder: "N",
        brief: "Open file descriptor whose first line is the new passphrase",
      },
      remove: { kind: "boolean", default: false, brief: "Leave the key without encryption" },
      json: jsonFlag,
    },
  },
  func: (flags: ChangeFlags) => guarded(() => change(flags)),
});
