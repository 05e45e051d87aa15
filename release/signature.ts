// Signs a release: once as 64 plain bytes, and once in the envelope of `ssh-keygen -Y`
// (PROTOCOL.sshsig of OpenSSH), since a bare machine may have only one of OpenSSL 3 and ssh-keygen.

import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { PUBLIC_KEY_LENGTH } from "../src/crypto/ed25519.ts";

/** What a signature of ours is for; another use of the key can't pass for a release. */
export const SSH_NAMESPACE = "convex-peer-release";
const SSH_KEY_TYPE = "ssh-ed25519";
const SSH_HASH = "sha512";
const SSH_MAGIC = Buffer.from("SSHSIG");
const SSH_VERSION = 1;
const ARMOUR_WIDTH = 70;

/** @throws Error when the PEM text is no Ed25519 private key */
export function signingKey(pem: string): KeyObject {
  const key = createPrivateKey(pem);
  if (key.asymmetricKeyType === "ed25519") return key;
  throw new Error(`releases are signed with an Ed25519 key, found ${key.asymmetricKeyType}`);
}

function publicKeyBytes(key: KeyObject): Buffer {
  const info = createPublicKey(key).export({ format: "der", type: "spki" });
  return info.subarray(-PUBLIC_KEY_LENGTH);
}

/** Base64 of the key that checks the signatures. */
export function releaseKeyOf(key: KeyObject): string {
  return publicKeyBytes(key).toString("base64");
}

function sshString(bytes: Uint8Array | string): Buffer {
  const content = Buffer.from(bytes as Uint8Array);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, content]);
}

/** 64 bytes. */
export function plainSignature(key: KeyObject, message: Uint8Array): Uint8Array {
  return new Uint8Array(sign(null, message, key));
}

/** Armoured text, as `ssh-keygen -Y sign` writes it. */
export function sshSignature(key: KeyObject, message: Uint8Array): string {
  const hash = createHash(SSH_HASH).update(message).digest();
  const about = [sshString(SSH_NAMESPACE), sshString(""), sshString(SSH_HASH)];
  const signed = Buffer.concat([SSH_MAGIC, ...about, sshString(hash)]);
  const signature = sign(null, signed, key);
  const version = Buffer.alloc(4);
  version.writeUInt32BE(SSH_VERSION);
  const blob = Buffer.concat([
    SSH_MAGIC,
    version,
    sshString(Buffer.concat([sshString(SSH_KEY_TYPE), sshString(publicKeyBytes(key))])),
    ...about,
    sshString(Buffer.concat([sshString(SSH_KEY_TYPE), sshString(signature)])),
  ]);
  const lines = blob.toString("base64").match(new RegExp(`.{1,${ARMOUR_WIDTH}}`, "g")) ?? [];
  return ["-----BEGIN SSH SIGNATURE-----", ...lines, "-----END SSH SIGNATURE-----", ""].join("\n");
}
