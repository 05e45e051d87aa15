// `key export`: a key as its seed, as PEM, or in a key store that the reference's tools open.

import { dirname, resolve } from "node:path";
import { buildCommand } from "@stricli/core";
import { toHex } from "../../../crypto/hex.ts";
import type { StoredKey } from "../../../keys/key-store.ts";
import { sealPem } from "../../../keys/pem.ts";
import {
  type Pkcs12Entry,
  readPkcs12,
  sealEntry,
  writePkcs12,
} from "../../../keys/pkcs12-store.ts";
import {
  readContainerFile,
  replaceSecretFile,
  writeSecretFile,
} from "../../../keys/secret-file.ts";
import { CommandError, EXIT, guarded } from "../../failure.ts";
import { isThere } from "../../files/file-presence.ts";
import { inFolderTurn } from "../../keys/key-turn.ts";
import {
  fileFlag,
  openingPassphrase,
  type PassphraseFlags,
  passphraseFlags,
  passphraseOfFile,
  requiredNewPassphrase,
} from "../../keys/passphrase.ts";
import {
  chosenKey,
  type KeyChoiceFlags,
  keyChoiceFlags,
  keyStoreOf,
} from "../../keys/stored-key.ts";
import { parseOut, printOrWrite } from "./secret-output.ts";

const TYPES = ["seed", "pem", "pem-pbes2", "keystore"] as const;
type ExportType = (typeof TYPES)[number];

interface ExportFlags extends KeyChoiceFlags, PassphraseFlags {
  readonly type: ExportType;
  readonly out: string;
  readonly exportPassphraseFile?: string | undefined;
  readonly storePassphraseFile?: string | undefined;
}

const EXPORT_FLAG = "--export-passphrase-file";

/** The entries of a key store that is there already, checked so that nothing of it gets lost. */
function entriesOf(path: string, storePassphrase: string | null): readonly Pkcs12Entry[] {
  if (!isThere(path)) return [];
  const store = readPkcs12(readContainerFile(path));
  if (store.hasOthers) {
    throw new CommandError(
      EXIT.CANTCREAT,
      `${path} also holds other things than keys: export to a new file`,
    );
  }
  if (store.isChecked && storePassphrase === null) {
    const why = "carries an integrity check that would be lost: give --store-passphrase-file FILE";
    throw new CommandError(EXIT.USAGE, `${path} ${why}`);
  }
  if (storePassphrase !== null && !store.verify(storePassphrase)) {
    throw new CommandError(
      EXIT.NOPERM,
      `The integrity check of ${path} fails: wrong passphrase, or altered`,
    );
  }
  return store.entries;
}

/** As `entriesOf`. @throws CommandError when the key is among them */
function entriesWithout(key: StoredKey, path: string, storePassphrase: string | null) {
  const entries = entriesOf(path, storePassphrase);
  if (!entries.some(({ alias }) => alias === key.publicKey)) return entries;
  throw new CommandError(EXIT.CANTCREAT, `This key is in ${path} already; nothing was changed`);
}

async function exportToKeyStore(seed: Uint8Array, key: StoredKey, flags: ExportFlags) {
  const { out, storePassphraseFile } = flags;
  if (out === "-")
    throw new CommandError(EXIT.USAGE, "A key store goes to a file: give --out FILE");
  const storePassphrase =
    storePassphraseFile === undefined ? null : passphraseOfFile(storePassphraseFile);
  entriesWithout(key, out, storePassphrase);
  const what = `the key in ${out}`;
  const passphrase = await requiredNewPassphrase(flags.exportPassphraseFile, what, EXPORT_FLAG);
  const entry = await sealEntry(seed, passphrase, Date.now());
  await inFolderTurn(dirname(resolve(out)), async () => {
    // By now another command may have added its key.
    const entries = entriesWithout(key, out, storePassphrase);
    const bytes = writePkcs12([...entries, entry], storePassphrase);
    if (entries.length > 0) replaceSecretFile(out, bytes);
    else writeSecretFile(out, bytes);
  });
}

async function exportSeed(seed: Uint8Array, key: StoredKey, flags: ExportFlags): Promise<void> {
  const { type, out, exportPassphraseFile } = flags;
  if (type === "seed") {
    printOrWrite(out, `${toHex(seed)}\n`);
    return;
  }
  if (type === "keystore") {
    await exportToKeyStore(seed, key, flags);
    return;
  }
  const what = "the exported key";
  const passphrase = await requiredNewPassphrase(exportPassphraseFile, what, EXPORT_FLAG);
  printOrWrite(out, await sealPem(seed, passphrase, type === "pem" ? "rc2" : "pbes2"));
}

async function exportKey(flags: ExportFlags): Promise<void> {
  const key = chosenKey(flags);
  const seed = await keyStoreOf(flags).openSeed(key, await openingPassphrase(flags, key));
  try {
    await exportSeed(seed, key, flags);
  } finally {
    seed.fill(0);
  }
  const where = flags.out === "-" ? "on standard output" : `in ${flags.out}`;
  const care = flags.type === "seed" ? ", NOT encrypted: whoever reads it has the key" : "";
  process.stderr.write(`Key ${key.publicKey} is ${where}${care}.\n`);
}

export const exportCommand = buildCommand({
  docs: {
    brief: "Give out a key: seed, PEM, or a PKCS#12 key store",
    fullDescription: [
      "Give out a key.",
      "",
      "  seed       64 hex digits, not encrypted",
      "  pem        PEM under a passphrase, as the reference reads it (RC2)",
      "  pem-pbes2  PEM under a passphrase, as OpenSSL reads it (AES-256, PBKDF2)",
      "  keystore   a PKCS#12 key store of the reference; the key is added when the file is there",
    ].join("\n"),
  },
  parameters: {
    flags: {
      ...keyChoiceFlags,
      type: { kind: "enum", values: TYPES, brief: "Form of the key" },
      out: {
        kind: "parsed",
        parse: parseOut,
        placeholder: "FILE",
        brief: "File to write, readable by you alone; - for standard output",
      },
      exportPassphraseFile: fileFlag(
        "File whose first line is the passphrase for the key given out",
      ),
      storePassphraseFile: fileFlag(
        "File whose first line is the key store's integrity passphrase",
      ),
      ...passphraseFlags,
    },
  },
  func: (flags: ExportFlags) => guarded(() => exportKey(flags)),
});
