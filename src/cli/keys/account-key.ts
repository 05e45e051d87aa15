// The key that signs for an account: a key file that the flags name, or the key of the data
// directory that the account has in the State. The controller's key has flags of its own, so that
// it is never mixed up with the peer's.

import type { KeyPair } from "../../crypto/ed25519.ts";
import { toHex } from "../../crypto/hex.ts";
import { KeyNotFoundError, keyOfFile, openStored, type StoredKey } from "../../keys/key-store.ts";
import { CommandError, EXIT } from "../failure.ts";
import { parseFilled } from "../flags.ts";
import {
  fileFlag,
  openingPassphrase,
  type PassphraseFlags,
  type PassphraseSource,
  parseDescriptor,
  passphraseFlags,
} from "./passphrase.ts";
import { keyFlag, keyStoreOf } from "./stored-key.ts";

/** Which key signs, and where its passphrase comes from. */
export interface KeyChoice extends PassphraseFlags {
  readonly dataDir?: string | undefined;
  readonly key?: string | undefined;
  readonly keyFile?: string | undefined;
}

/** The same as commands make it of their flags. */
export interface SignerChoice extends KeyChoice, PassphraseSource {
  /** The key itself, when it was opened before. */
  readonly opened?: KeyPair | undefined;
}

export const accountKeyFlags = {
  key: keyFlag,
  keyFile: fileFlag("Key file that signs, instead of a key in the data directory"),
  ...passphraseFlags,
} as const;

export interface ControllerKeyFlags {
  readonly dataDir?: string | undefined;
  readonly controllerKey?: string | undefined;
  readonly controllerKeyFile?: string | undefined;
  readonly controllerPassphraseFile?: string | undefined;
  readonly controllerPassphraseFd?: number | undefined;
  readonly controllerPassphraseCredential?: string | undefined;
}

export const controllerKeyFlags = {
  controllerKey: {
    ...keyFlag,
    brief: "Beginning of the controller's public key, when it is in the data directory",
  },
  controllerKeyFile: fileFlag("Key file of the controller account"),
  controllerPassphraseFile: fileFlag("File whose first line is the passphrase of that key"),
  controllerPassphraseFd: {
    kind: "parsed",
    parse: parseDescriptor,
    optional: true,
    placeholder: "N",
    brief: "Open file descriptor whose first line is the passphrase of that key",
  },
  controllerPassphraseCredential: {
    kind: "parsed",
    parse: parseFilled,
    optional: true,
    placeholder: "NAME",
    brief: "systemd credential that holds the passphrase of that key",
  },
} as const;

/** The `--controller-…` flags as those of a key: for `signingKey` and `openSigningKey`. */
export function controllerChoice(flags: ControllerKeyFlags): SignerChoice {
  return {
    dataDir: flags.dataDir,
    key: flags.controllerKey,
    keyFile: flags.controllerKeyFile,
    passphraseFile: flags.controllerPassphraseFile,
    passphraseFd: flags.controllerPassphraseFd,
    passphraseCredential: flags.controllerPassphraseCredential,
    flagPrefix: "controller-",
  };
}

/** The flag that names a key file, or the passphrase's, for advice. */
function fileAdvice({ flagPrefix = "" }: SignerChoice, what: "key" | "passphrase"): string {
  return `--${flagPrefix}${what}-file FILE`;
}

/**
 * The key that is to sign for an account; its file is not opened yet.
 * @param publicKey the account's key in hex, null when any will do
 * @throws CommandError when it is not there, or another than the account's
 */
export function signingKey(
  choice: SignerChoice,
  publicKey: string | null,
  whose: string,
): StoredKey {
  if (choice.key !== undefined && choice.keyFile !== undefined) {
    throw new CommandError(EXIT.USAGE, "Name the key by its file or by its beginning, not by both");
  }
  const found = storedKey(choice, publicKey, whose);
  if (publicKey === null || found.publicKey === publicKey) return found;
  const wrong = `Key ${found.publicKey} does not sign for ${whose}`;
  throw new CommandError(EXIT.NOPERM, `${wrong}: its key is ${publicKey}`);
}

function storedKey(choice: SignerChoice, publicKey: string | null, whose: string): StoredKey {
  if (choice.keyFile !== undefined) return keyOfFile(choice.keyFile);
  const store = keyStoreOf(choice);
  if (choice.key !== undefined) return store.find(choice.key);
  if (publicKey === null) {
    throw new CommandError(
      EXIT.USAGE,
      `Which key signs for ${whose}? Give ${fileAdvice(choice, "key")}`,
    );
  }
  try {
    return store.find(publicKey);
  } catch (error) {
    if (!(error instanceof KeyNotFoundError)) throw error;
    const advice = `give ${fileAdvice(choice, "key")}; or --offline FILE, to sign on the machine that has it`;
    const missing = `The key of ${whose}, ${publicKey}, is not in ${store.folder}`;
    throw new CommandError(EXIT.CONFIG, `${missing}: ${advice}`);
  }
}

/** @throws KeyFileError, SecretFileError, CommandError */
export async function openSigningKey(key: StoredKey, choice: SignerChoice): Promise<KeyPair> {
  const passphrase = await openingPassphrase(choice, key);
  if (key.encrypted && passphrase === null) {
    const which = `Key ${shortKey(key.publicKey)}… is encrypted`;
    throw new CommandError(EXIT.NOPERM, `${which}: give ${fileAdvice(choice, "passphrase")}`);
  }
  return openStored(key, passphrase);
}

/** A key as people compare it. */
export function shortKey(publicKey: Uint8Array | string): string {
  return (typeof publicKey === "string" ? publicKey : toHex(publicKey)).slice(0, 8);
}
