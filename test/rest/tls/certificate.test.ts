// Certificates: what is wrong with files, when they are read again, when a new one is asked for.

import { afterAll, expect, test } from "bun:test";
import { generateKeyPairSync } from "node:crypto";
import { rmSync, symlinkSync, writeFileSync } from "node:fs";
import * as x509 from "@peculiar/x509";
import { SecretFileError } from "../../../src/keys/secret-file.ts";
import { ListenError } from "../../../src/rest/server.ts";
import { AcmeError } from "../../../src/rest/tls/acme-error.ts";
import {
  type Certificate,
  CertificateError,
  certificateOf,
} from "../../../src/rest/tls/certificate.ts";
import { CertificateFiles } from "../../../src/rest/tls/certificate-files.ts";
import {
  CertificateRenewal,
  type RenewalAdvice,
} from "../../../src/rest/tls/certificate-renewal.ts";
import { Challenges, frontResponse } from "../../../src/rest/tls/http-front.ts";
import { ServedCertificate } from "../../../src/rest/tls/served-certificate.ts";
import { TestClock } from "../../peer/scene.ts";
import { testCertificate, writtenCertificate } from "./test-certificate.ts";

const [first, second] = await Promise.all([testCertificate("a.test"), testCertificate("b.test")]);
const files = writtenCertificate(first);

afterAll(() => rmSync(files.folder, { recursive: true }));

test("names and life of a certificate", () => {
  const { names, beginsMs, endsMs } = certificateOf(first.chain, first.key, "here");
  expect(names).toEqual(["a.test", "127.0.0.1"]);
  expect(Math.round((endsMs - beginsMs) / 1000)).toBe(3_601);
});

test("what can't be served with is refused, and the key never repeated", () => {
  const wrong: readonly (readonly [string, string, string])[] = [
    [first.chain, second.key, "not that of the certificate"],
    ["nonsense", first.key, "expected a certificate in PEM"],
    [first.chain, "SECRET", "expected a private key in PEM"],
    [first.chain, first.chain, "expected a private key in PEM"],
  ];
  for (const [chain, key, words] of wrong) {
    expect(() => certificateOf(chain, key, "here")).toThrow(words);
    expect(() => certificateOf(chain, key, "here")).not.toThrow("SECRET");
  }
  const clock = new TestClock();
  expect(() => new CertificateFiles("/nowhere.pem", files.key, clock)).toThrow(
    "there is no such file",
  );
});

/** A certificate of an RSA key, without what only browsers look at. */
async function rsaCertificate(bits: number) {
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: bits });
  const spki = publicKey.export({ type: "spki", format: "der" });
  const pkcs8 = privateKey.export({ type: "pkcs8", format: "der" });
  const keys = {
    publicKey: await crypto.subtle.importKey("spki", spki, algorithm, true, ["verify"]),
    privateKey: await crypto.subtle.importKey("pkcs8", pkcs8, algorithm, true, ["sign"]),
  };
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=rsa.test",
    signingAlgorithm: algorithm,
    keys,
  });
  return {
    chain: certificate.toString("pem"),
    key: x509.PemConverter.encode(pkcs8, "PRIVATE KEY"),
  };
}

test("a key that clients refuse is refused, and one that many refuse is told of", async () => {
  const small = await rsaCertificate(512);
  expect(() => certificateOf(small.chain, small.key, "here")).toThrow(
    "here: clients refuse the certificate, for its RSA key has 512 bits: make one of 2048",
  );
  const said: string[] = [];
  for (const bits of [1_024, 2_048]) {
    const one = writtenCertificate(await rsaCertificate(bits));
    const source = new CertificateFiles(one.chain, one.key, new TestClock());
    source.start({ onCertificate: () => said.push("served"), say: (words) => said.push(words) });
    source.stop();
    rmSync(one.folder, { recursive: true });
  }
  expect(said).toEqual(["served", expect.stringContaining("has 1024 bits"), "served"]);
  expect(certificateOf(first.chain, first.key, "here").weakness).toBeNull();
});

test("files are read again when they have changed, and kept while they are wrong", () => {
  const clock = new TestClock();
  const source = new CertificateFiles(files.chain, files.key, clock);
  const served: string[] = [];
  const said: string[] = [];
  source.start({
    onCertificate: ({ names }) => served.push(names[0] as string),
    say: (words, level) => said.push(`${level}: ${words}`),
  });
  const look = () => clock.advance(10_000);
  look();
  expect(served).toEqual(["a.test"]);
  writeFileSync(files.chain, `${second.chain}\n`);
  look();
  look();
  expect([served.length, said.length]).toEqual([1, 2]);
  expect(said[0]).toStartWith("warn: The API keeps its certificate");
  writeFileSync(files.key, second.key);
  look();
  look();
  expect(served).toEqual(["a.test", "b.test"]);
  expect(said.at(-1)).toMatch(/^info: .*read again/);
  source.stop();
  expect(clock.timers).toBe(0);
});

test("files that can't be looked at are said, and read again when they can", () => {
  const one = writtenCertificate(first);
  const clock = new TestClock();
  const source = new CertificateFiles(one.chain, one.key, clock);
  const served: string[] = [];
  const said: string[] = [];
  source.start({
    onCertificate: ({ names }) => served.push(names[0] as string),
    say: (words) => said.push(words),
  });
  rmSync(one.chain);
  symlinkSync(one.chain, one.chain);
  clock.advance(10_000);
  expect(said[0]).toContain("Cannot read the certificate");
  expect(() => new CertificateFiles(one.chain, one.key, clock)).toThrow(CertificateError);
  rmSync(one.chain);
  writeFileSync(one.chain, second.chain);
  writeFileSync(one.key, second.key);
  clock.advance(10_000);
  expect(served).toEqual(["a.test", "b.test"]);
  source.stop();
  rmSync(one.folder, { recursive: true });
});

const HOUR = 3_600_000;

/** A renewal whose authority answers what it is given. */
function renewalOf(kept: Certificate | null, clock: TestClock) {
  const answers: (Certificate | AcmeError)[] = [];
  const events: string[] = [];
  let asked = 0;
  const issue = async () => {
    asked++;
    const answer = answers.shift();
    if (answer === undefined) throw new Error("asked once too often");
    if (answer instanceof AcmeError) throw answer;
    return answer;
  };
  const renewal = new CertificateRenewal({ authority: { issue }, kept: () => kept, clock });
  renewal.start({
    onCertificate: ({ names }) => events.push(`serve ${names[0]}`),
    say: (words) => events.push(words),
  });
  const advance = async (ms: number) => {
    clock.advance(ms);
    await Bun.sleep(0);
  };
  return { answers, events, advance, renewal, asked: () => asked };
}

const lasting = (name: string, beginsMs: number, lifeMs: number): Certificate => ({
  weakness: null,
  chain: "",
  key: "",
  names: [name],
  beginsMs,
  endsMs: beginsMs + lifeMs,
});

test("without a certificate one is asked for at once; it is renewed after two thirds of its life", async () => {
  const clock = new TestClock();
  const scene = renewalOf(null, clock);
  scene.answers.push(lasting("new.test", clock.now(), 90 * 24 * HOUR));
  await scene.advance(1);
  expect(scene.events[0]).toBe("serve new.test");
  for (let day = 0; day < 59; day++) await scene.advance(24 * HOUR);
  expect(scene.asked()).toBe(1);
  scene.answers.push(lasting("newer.test", clock.now(), 90 * 24 * HOUR));
  await scene.advance(24 * HOUR);
  await scene.advance(HOUR);
  expect(scene.events.at(-2)).toBe("serve newer.test");
  scene.renewal.stop();
  expect(clock.timers).toBe(0);
});

test("one kept from before serves while it lasts", async () => {
  const clock = new TestClock();
  const scene = renewalOf(lasting("kept.test", clock.now() - 10 * HOUR, 60 * HOUR), clock);
  expect(scene.events).toEqual(["serve kept.test"]);
  await scene.advance(24 * HOUR);
  expect(scene.asked()).toBe(0);
  const ended = renewalOf(lasting("old.test", clock.now() - 10 * HOUR, HOUR), clock);
  expect(ended.events).toEqual([]);
});

test("after failures it is asked for less and less often, and never before the authority allows", async () => {
  const clock = new TestClock();
  const scene = renewalOf(null, clock);
  const minute = 60_000;
  scene.answers.push(
    new AcmeError("no", null),
    new AcmeError("no", null),
    new AcmeError("no", 7_200),
  );
  await scene.advance(1);
  expect([scene.asked(), scene.events]).toEqual([1, ["no"]]);
  await scene.advance(4 * minute);
  expect(scene.asked()).toBe(1);
  await scene.advance(minute);
  expect(scene.asked()).toBe(2);
  await scene.advance(9 * minute);
  expect(scene.asked()).toBe(2);
  await scene.advance(minute);
  expect(scene.asked()).toBe(3);
  await scene.advance(119 * minute);
  expect(scene.asked()).toBe(3);
  scene.answers.push(lasting("late.test", clock.now(), 24 * HOUR));
  await scene.advance(minute);
  expect(scene.events).toContain("serve late.test");
});

test("a certificate that can't be written is served with, and written when that can be", async () => {
  const clock = new TestClock();
  const begins = clock.now();
  const kept: string[] = [];
  const events: string[] = [];
  let isFull = true;
  let asked = 0;
  const renewal = new CertificateRenewal({
    authority: {
      issue: async () => {
        asked++;
        return lasting(`issued-${asked}.test`, begins, 90 * 24 * HOUR);
      },
      keep: ({ names }) => {
        if (isFull) throw new SecretFileError("WRITE", "no room");
        kept.push(names[0] as string);
      },
    },
    kept: () => null,
    clock,
  });
  renewal.start({
    onCertificate: ({ names }) => events.push(`serve ${names[0]}`),
    say: (words) => events.push(words),
  });
  const advance = async (ms: number) => {
    clock.advance(ms);
    await Bun.sleep(0);
  };
  await advance(1);
  for (let i = 0; i < 10; i++) await advance(60_000);
  expect(events.filter((words) => words.includes("no room")).length).toBe(1);
  expect([asked, kept, events[0]]).toEqual([1, [], "serve issued-1.test"]);
  isFull = false;
  await advance(60_000);
  for (let i = 0; i < 24; i++) await advance(HOUR);
  expect([asked, kept, events.at(-1)]).toEqual([
    1,
    ["issued-1.test"],
    "The API's certificate is kept for the next start now",
  ]);
  renewal.stop();
  expect(clock.timers).toBe(0);
});

test("a certificate that can't be served with is tried again, and no older one after it", () => {
  const clock = new TestClock();
  const served: Certificate[] = [];
  const said: string[] = [];
  let failure: Error | null = null;
  const inUse = new ServedCertificate({
    listener: {
      use: (certificate) => {
        if (failure !== null) throw failure;
        served.push(certificate);
      },
    },
    clock,
    say: (words) => said.push(words),
  });
  const [a, b, c] = ["a.test", "b.test", "c.test"].map((name) => lasting(name, 0, HOUR)) as [
    Certificate,
    Certificate,
    Certificate,
  ];
  inUse.use(a);
  failure = new ListenError("EMFILE", "Too much is open");
  inUse.use(b);
  clock.advance(60_000);
  expect([inUse.current, said.length]).toEqual([a, 2]);
  inUse.use(c);
  failure = null;
  clock.advance(60_000);
  expect(inUse.current).toBe(c);
  clock.advance(600_000);
  expect(served).toEqual([a, c]);
  inUse.stop();
  expect(clock.timers).toBe(0);
});

test("plain HTTP answers challenges and leads everybody else to HTTPS", async () => {
  const challenges = new Challenges();
  challenges.add("token", "token.thumbprint");
  const ask = (path: string, host: string | null, port = 443) => {
    const headers: Record<string, string> = host === null ? {} : { host };
    return frontResponse(new Request(`http://x${path}`, { headers }), challenges, port);
  };
  const answer = ask("/.well-known/acme-challenge/token", "peer.test");
  expect(await answer.text()).toBe("token.thumbprint");
  expect(ask("/.well-known/acme-challenge/other", "peer.test").status).toBe(404);
  const moved = ask("/api/v1/tx?hash=00", "peer.test:80");
  expect([moved.status, moved.headers.get("location")]).toEqual([
    308,
    "https://peer.test/api/v1/tx?hash=00",
  ]);
  expect(ask("/", "peer.test", 8443).headers.get("location")).toBe("https://peer.test:8443/");
  expect(ask("/", null).status).toBe(400);
  expect(ask("/", "a/b c").status).toBe(400);
  challenges.remove("token");
  expect(ask("/.well-known/acme-challenge/token", "peer.test").status).toBe(404);
});

/** A renewal whose authority gives advice as well. */
function advisedRenewal(kept: Certificate, clock: TestClock, chance: number) {
  const scene = { advice: null as RenewalAdvice | null, asked: 0, issued: [] as number[] };
  const renewal = new CertificateRenewal({
    authority: {
      issue: async () => {
        scene.issued.push(clock.now());
        return lasting("newer.test", clock.now(), kept.endsMs - kept.beginsMs);
      },
      advice: async () => {
        scene.asked++;
        return scene.advice && { ...scene.advice, askAgainInMs: 6 * HOUR };
      },
    },
    kept: () => kept,
    clock,
    chance: () => chance,
  });
  renewal.start({ onCertificate: () => {}, say: () => {} });
  const advance = async (hours: number) => {
    for (let i = 0; i < 4 * hours; i++) {
      clock.advance(HOUR / 4);
      await Bun.sleep(0);
    }
  };
  return { scene, renewal, advance };
}

const LIFE = 90 * HOUR;
const windowOf = (startMs: number, endMs: number) => ({ startMs, endMs, askAgainInMs: 0 });

test("renewal follows the advice of the authority, as soon as that changes", async () => {
  const clock = new TestClock();
  const begins = clock.now();
  const { scene, renewal, advance } = advisedRenewal(lasting("a.test", begins, LIFE), clock, 0.5);
  scene.advice = windowOf(begins + 70 * HOUR, begins + 72 * HOUR);
  await advance(65);
  expect(scene.issued).toEqual([]);
  expect(scene.asked).toBeGreaterThan(8);
  await advance(6.25);
  expect(scene.issued.length).toBe(1);
  const [at = 0] = scene.issued;
  expect(Math.abs(at - begins - 71 * HOUR)).toBeLessThanOrEqual(HOUR / 2);
  // The new one is to be revoked: its window lies in the past.
  scene.advice = windowOf(begins, begins + HOUR);
  await advance(8);
  expect(scene.issued.length).toBeGreaterThan(1);
  renewal.stop();
  expect(clock.timers).toBe(0);
});

test("no advice lets a certificate lapse, or asks for one after another", async () => {
  const late = new TestClock();
  const begins = late.now();
  const lazy = advisedRenewal(lasting("a.test", begins, LIFE), late, 0.99);
  lazy.scene.advice = windowOf(begins + 200 * HOUR, begins + 300 * HOUR);
  await lazy.advance(76);
  expect(lazy.scene.issued.length).toBe(1);
  lazy.renewal.stop();

  const eager = advisedRenewal(lasting("a.test", begins, LIFE), new TestClock(), 0);
  eager.scene.advice = windowOf(begins - 2 * HOUR, begins - HOUR);
  await eager.advance(2);
  // A step of the clock at a time, and never twice within five minutes.
  expect(eager.scene.issued.length).toBeLessThanOrEqual(8);
  expect(eager.scene.issued.length).toBeGreaterThan(0);
  eager.renewal.stop();
});

test("without advice the rule of two thirds stands", async () => {
  const clock = new TestClock();
  const { scene, renewal, advance } = advisedRenewal(
    lasting("a.test", clock.now(), LIFE),
    clock,
    0,
  );
  await advance(59);
  expect(scene.issued).toEqual([]);
  await advance(2);
  expect(scene.issued.length).toBe(1);
  renewal.stop();
});
