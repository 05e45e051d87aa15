// Certificates where the machine's clock is set: it decides on their life, and on nothing else.

import { expect, test } from "bun:test";
import { AcmeError } from "../../../src/rest/tls/acme-error.ts";
import type { Certificate } from "../../../src/rest/tls/certificate.ts";
import { CertificateRenewal } from "../../../src/rest/tls/certificate-renewal.ts";
import { SetClock, TestClock } from "../../peer/scene.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const YEAR = 365 * 24 * HOUR;
const LIFE = 90 * 24 * HOUR;

const lasting = (name: string, beginsMs: number): Certificate => ({
  weakness: null,
  chain: "",
  key: "",
  names: [name],
  beginsMs,
  endsMs: beginsMs + LIFE,
});

/** A renewal whose authority can't be asked while the clock is a year ahead. */
function renewalAt(clock: SetClock, kept: Certificate | null) {
  const served: string[] = [];
  const asked: number[] = [];
  const renewal = new CertificateRenewal({
    authority: {
      issue: async () => {
        asked.push(clock.now());
        if (clock.aheadMs >= YEAR) throw new AcmeError("its certificate has expired", null);
        return lasting(`issued-${asked.length}.test`, clock.now());
      },
    },
    kept: () => kept,
    clock,
  });
  renewal.start({ onCertificate: ({ names }) => served.push(names[0] ?? ""), say: () => {} });
  const advance = async (ms: number, steps = 1) => {
    for (let i = 0; i < steps; i++) {
      clock.steady.advance(ms);
      await Bun.sleep(0);
    }
  };
  return { served, asked, advance, renewal };
}

test("a clock that is set right does not put off the next attempt", async () => {
  const clock = new SetClock(new TestClock());
  clock.aheadMs = 2 * YEAR;
  const { served, asked, advance, renewal } = renewalAt(clock, null);
  await advance(MINUTE);
  expect(asked).toHaveLength(1);
  clock.aheadMs = 0;
  await advance(MINUTE, 5);
  expect(served).toEqual(["issued-2.test"]);
  renewal.stop();
});

test("a certificate that had only seemed to be over is served with", async () => {
  const clock = new SetClock(new TestClock());
  const kept = lasting("kept.test", clock.now());
  clock.aheadMs = YEAR;
  const { served, asked, advance, renewal } = renewalAt(clock, kept);
  await advance(MINUTE);
  expect(served).toEqual([]);
  clock.aheadMs = 0;
  await advance(MINUTE, 5);
  expect([served, asked.length]).toEqual([["kept.test"], 1]);
  renewal.stop();
});

test("a clock that was behind is looked at again within an hour", async () => {
  const clock = new SetClock(new TestClock());
  const kept = lasting("kept.test", clock.now());
  const { served, asked, advance, renewal } = renewalAt(clock, kept);
  await advance(HOUR);
  expect(asked).toEqual([]);
  clock.aheadMs = 70 * 24 * HOUR;
  await advance(HOUR);
  expect(served).toEqual(["kept.test", "issued-1.test"]);
  renewal.stop();
});
