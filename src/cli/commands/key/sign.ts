// `key sign` and `key verify`: signatures over bytes as they are, as the reference's tools make
// them.

import { buildCommand } from "@stricli/core";
import { SIGNATURE_LENGTH, verify } from "../../../crypto/ed25519.ts";
import { fromHex, toHex } from "../../../crypto/hex.ts";
import { parsePublicKey } from "../../../keys/public-key-text.ts";
import { CommandError, EXIT, guarded } from "../../failure.ts";
import { readInputOrPipe } from "../../files/input-file.ts";
import { jsonFlag } from "../../flags.ts";
import {
  fileFlag,
  openingPassphrase,
  type PassphraseFlags,
  passphraseFlags,
  requireOneInput,
} from "../../keys/passphrase.ts";
import {
  chosenKey,
  type KeyChoiceFlags,
  keyChoiceFlags,
  keyStoreOf,
} from "../../keys/stored-key.ts";
import { printJsonLine } from "../../terminal/json-line.ts";

const MESSAGE_BYTES_MAX = 2 ** 30;

interface MessageFlags {
  readonly hex?: string | undefined;
  readonly file?: string | undefined;
  readonly json: boolean;
}

const messageFlags = {
  hex: {
    kind: "parsed",
    parse: String,
    optional: true,
    placeholder: "HEX",
    brief: "The message as hex digits",
  },
  file: fileFlag("File with the message, taken byte for byte; - for standard input"),
  json: jsonFlag,
} as const;

/** Hex digits with white space and `0x` allowed. */
function parseHex(text: string, what: string): Uint8Array {
  const bytes = fromHex(text.replace(/\s/g, "").replace(/^0x/i, ""));
  if (bytes !== null) return bytes;
  throw new CommandError(EXIT.DATAERR, `Expected ${what} as pairs of hex digits`);
}

function messageOf({ hex, file }: MessageFlags): Uint8Array {
  if ((hex === undefined) === (file === undefined)) {
    throw new CommandError(EXIT.USAGE, "Give the message by --hex HEX or --file FILE, one of them");
  }
  if (hex !== undefined) return parseHex(hex, "the message");
  return readInputOrPipe(String(file), "the message", MESSAGE_BYTES_MAX);
}

interface SignFlags extends KeyChoiceFlags, PassphraseFlags, MessageFlags {}

async function signMessage(flags: SignFlags): Promise<void> {
  requireOneInput(flags.file, flags);
  const message = messageOf(flags);
  const key = chosenKey(flags);
  const keyPair = await keyStoreOf(flags).open(key, await openingPassphrase(flags, key));
  const signature = toHex(keyPair.sign(message));
  if (flags.json) printJsonLine({ publicKey: key.publicKey, signature });
  else process.stdout.write(`${signature}\n`);
}

interface VerifyFlags extends MessageFlags {
  readonly publicKey: string;
  readonly signature: string;
}

async function verifyMessage(flags: VerifyFlags): Promise<void> {
  const publicKey = parsePublicKey(flags.publicKey);
  const signature = parseHex(flags.signature, "the signature");
  if (signature.length !== SIGNATURE_LENGTH) {
    const found = `found ${signature.length} bytes`;
    throw new CommandError(
      EXIT.DATAERR,
      `Expected a signature of ${SIGNATURE_LENGTH} bytes, ${found}`,
    );
  }
  const isValid = verify(publicKey, messageOf(flags), signature);
  if (flags.json) printJsonLine({ publicKey: toHex(publicKey), valid: isValid });
  else if (isValid) process.stdout.write("valid\n");
  if (!isValid) {
    throw new CommandError(EXIT.ERROR, "The signature is NOT one of this key over this message");
  }
}

export const signCommand = buildCommand({
  docs: { brief: "Sign bytes with a key" },
  parameters: { flags: { ...keyChoiceFlags, ...passphraseFlags, ...messageFlags } },
  func: (flags: SignFlags) => guarded(() => signMessage(flags)),
});

export const verifyCommand = buildCommand({
  docs: { brief: "Check a signature over bytes" },
  parameters: {
    flags: {
      publicKey: {
        kind: "parsed",
        parse: String,
        placeholder: "HEX",
        brief: "Public key of who is said to have signed",
      },
      signature: {
        kind: "parsed",
        parse: String,
        placeholder: "HEX",
        brief: "The signature, 128 hex digits",
      },
      ...messageFlags,
    },
  },
  func: (flags: VerifyFlags) => guarded(() => verifyMessage(flags)),
});
