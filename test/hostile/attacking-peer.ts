// The fourth peer of the genesis, out to harm: it proves its key and takes part as any peer does,
// and says what it likes on its connections and in its blocks.

import { type HostedPeer, hostPeer, stopPeer } from "../../src/cli/start/hosted-peer.ts";
import { KeyPair } from "../../src/crypto/ed25519.ts";
import { readForm } from "../../src/cvm/compile/read-form.ts";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { Address } from "../../src/data/address.ts";
import type { Cell } from "../../src/data/cell.ts";
import { SignedData } from "../../src/data/signed.ts";
import { Bans } from "../../src/peer/connections/bans.ts";
import type { PeerAddress } from "../../src/peer/connections/peer-address.ts";
import type { PeerStatusReport } from "../../src/peer/peer-api.ts";
import type { AccountStatus } from "../../src/state/account-status.ts";
import { MAX_TRANSACTIONS_PER_BLOCK } from "../../src/state/constants.ts";
import type { Result } from "../../src/state/result.ts";
import type { State } from "../../src/state/state.ts";
import { Invoke, Transfer } from "../../src/state/transaction.ts";
import { memoryStore } from "../../src/store/memory-store.ts";
import { until } from "../interop/agreement.ts";
import { addressOf } from "./account-of-key.ts";
import { forged } from "./bad-beliefs.ts";

/** Longest wait for the execution of blocks. */
const EXECUTED_S = 120;

export class AttackingPeer {
  readonly keyPair = KeyPair.fromSeed(Buffer.alloc(32, 4));
  readonly #hosted: HostedPeer;

  constructor(genesis: State, listen: PeerAddress, victims: readonly PeerAddress[]) {
    this.#hosted = hostPeer({
      store: memoryStore(CVM_TABLE),
      keyPair: this.keyPair,
      genesis,
      bans: new Bans(null),
      allowsPrivate: true,
      listen,
      named: victims.map((address) => ({ address, isPermanent: true })),
      onFault: () => {},
    });
    this.#hosted.networked.start();
  }

  /** Number of connections on which it has proved its key. */
  get connected(): number {
    return this.#hosted.networked.network.outgoing.connected.size;
  }

  get status(): PeerStatusReport {
    return this.#hosted.networked.peer.status();
  }

  /** Says the same on all of its connections. */
  say(message: Cell): void {
    for (const { connection } of this.#hosted.networked.network.outgoing.connected)
      connection.send(message);
  }

  sayBytes(payload: Uint8Array): void {
    for (const { connection } of this.#hosted.networked.network.outgoing.connected)
      connection.sendPayload(payload);
  }

  /** The account that its key controls, and the sequence number it is at. */
  get account(): { readonly address: Address; readonly sequence: number } {
    const state = this.#hosted.networked.peer.state();
    const address = addressOf(state, this.keyPair.publicKey);
    const account = state.accounts.get(Number(address.value)) as AccountStatus;
    return { address, sequence: Number(account.sequence) };
  }

  /** Has its own account run a form. */
  async transact(source: string): Promise<void> {
    const { address, sequence } = this.account;
    await this.#submit(Invoke.of(address, sequence + 1, readForm(source)));
  }

  /** Publishes a block of transactions of its own account, and waits until they are executed. */
  async publishInvokes(sources: readonly string[]): Promise<void> {
    // As long as blocks wait to be executed its own peer takes none.
    await until("its own peer takes transactions", EXECUTED_S, async () => {
      const { address, sequence } = this.account;
      const invoke = Invoke.of(address, sequence + 1, 1);
      return !(await this.#submit(invoke)).isError;
    });
    const { address, sequence } = this.account;
    const last = sequence + sources.length;
    const invokes = sources.map((each, i) => Invoke.of(address, sequence + 1 + i, readForm(each)));
    await Promise.all(invokes.map((each) => this.#submit(each)));
    await until("they are executed", EXECUTED_S, () => this.account.sequence >= last);
  }

  #submit(transaction: Invoke): Promise<Result> {
    return this.#hosted.networked.peer.submit(SignedData.sign(this.keyPair, transaction));
  }

  /** Publishes blocks full of transactions of which each has another signature that is none. */
  async publishForgeries(blocks: number): Promise<void> {
    const { address, sequence } = this.account;
    const waiting: Promise<unknown>[] = [];
    for (let i = 0; i < blocks * MAX_TRANSACTIONS_PER_BLOCK; i++) {
      const transfer = Transfer.of(address, sequence + 1, Address.of(11), i + 1);
      const signed = forged(this.keyPair.publicKey, transfer, i);
      // Its own peer lets it pass.
      signed.setVerified(true);
      waiting.push(this.#hosted.networked.peer.submit(signed));
    }
    await Promise.all(waiting);
  }

  async end(): Promise<void> {
    await stopPeer(this.#hosted);
  }
}
