// A prefix in an S3-compatible store. Key and secret come from the environment alone
// (S3_ACCESS_KEY_ID or AWS_ACCESS_KEY_ID and so on), never from arguments.

import { S3Client } from "bun";
import { systemCode } from "../system/system-code.ts";
import type { Bucket } from "./bucket-backup.ts";
import { bucketErrorOf } from "./bucket-error.ts";
import { StoreError } from "./store.ts";

const SCHEME = "s3://";

export interface BucketAddress {
  readonly bucket: string;
  /** Without slashes around it; "" for none. */
  readonly prefix: string;
}

/** `s3://BUCKET[/PREFIX]`, null for what is none. */
export function parseBucketAddress(text: string): BucketAddress | null {
  if (!text.startsWith(SCHEME)) return null;
  const [bucket = "", ...path] = text.slice(SCHEME.length).split("/");
  const prefix = path.filter((part) => part !== "").join("/");
  return bucket === "" ? null : { bucket, prefix };
}

/** Options of the client by the first of two variables that is set. */
const VARIABLES = {
  accessKeyId: ["S3_ACCESS_KEY_ID", "AWS_ACCESS_KEY_ID"],
  secretAccessKey: ["S3_SECRET_ACCESS_KEY", "AWS_SECRET_ACCESS_KEY"],
  sessionToken: ["S3_SESSION_TOKEN", "AWS_SESSION_TOKEN"],
  region: ["S3_REGION", "AWS_REGION"],
  endpoint: ["S3_ENDPOINT", "AWS_ENDPOINT"],
} as const;

/** Nothing is asked of a service without them. */
const REQUIRED = ["accessKeyId", "secretAccessKey"] as const;

function fromEnvironment(endpoint: string | null): Record<string, string> {
  const options: Record<string, string> = {};
  for (const [option, names] of Object.entries(VARIABLES)) {
    const value = names.map((name) => process.env[name] ?? "").find((text) => text !== "");
    if (value !== undefined) options[option] = value;
  }
  return endpoint === null ? options : { ...options, endpoint };
}

const AMAZON = "https://s3.amazonaws.com";
/** Longest wait for a small object. */
const ANSWER_TIMEOUT_MS = 30_000;
/** What a service says where there is no such object. */
const NO_OBJECT = "NoSuchKey";
/** What the runtime has for an answer that is none of a service's errors, as without a body. */
const NO_CODE = "UnknownError";

/**
 * Each method throws BucketError when the service does not do what is asked, whatever its reason.
 */
export class S3Bucket implements Bucket {
  readonly address: string;
  readonly #client: S3Client;
  readonly #endpoint: string;
  readonly #prefix: string;

  /**
   * @param endpoint URL of the service, null for that of the environment, or Amazon's
   * @throws StoreError ACCESS when the environment has no key or secret
   */
  constructor({ bucket, prefix }: BucketAddress, endpoint: string | null) {
    this.address = `${SCHEME}${bucket}${prefix === "" ? "" : `/${prefix}`}`;
    this.#prefix = prefix === "" ? "" : `${prefix}/`;
    const options = fromEnvironment(endpoint);
    const missing = REQUIRED.filter((option) => options[option] === undefined);
    if (missing.length > 0) {
      const names = missing.map((option) => VARIABLES[option].join(" or ")).join(", and ");
      throw new StoreError("ACCESS", `${this.address} needs a key and its secret: set ${names}.`);
    }
    this.#endpoint = options.endpoint ?? AMAZON;
    this.#client = new S3Client({ bucket, ...options });
  }

  async readText(name: string): Promise<string | null> {
    const file = this.#client.file(this.#prefix + name);
    return await this.#attempt(async () => {
      try {
        return await inTime(file.text());
      } catch (error) {
        const code = systemCode(error);
        if (code === NO_OBJECT) return null;
        if (code === NO_CODE && !(await inTime(file.exists()))) return null;
        throw error;
      }
    });
  }

  async writeText(name: string, text: string): Promise<void> {
    await this.#attempt(() => inTime(this.#client.write(this.#prefix + name, text)));
  }

  async upload(name: string, path: string): Promise<void> {
    await this.#attempt(() => this.#client.write(this.#prefix + name, Bun.file(path)));
  }

  async download(name: string, path: string): Promise<void> {
    await this.#attempt(() => Bun.write(path, this.#client.file(this.#prefix + name)));
  }

  async #attempt<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      // A full disk is none of the service's.
      if (!(error instanceof Error) || "syscall" in error) throw error;
      throw bucketErrorOf(this.address, this.#endpoint, error);
    }
  }
}

/** What is too late fails as the runtime's own failures do. */
async function inTime<T>(work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const cancel = setTimeout(() => {
    late.reject(Object.assign(new Error("no answer"), { code: "Timeout" }));
  }, ANSWER_TIMEOUT_MS);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(cancel);
  }
}
