// The record of one peer (sheet 03 §4; tag d9): its stake in shares, and the balance that they
// share. Defects of 0.8.5 that reach the State are reproduced: shares are set to amounts of copper
// (§4.2), and a nil `:stakes` is not the same as an empty one (sheet 02 T27, T28).

import { Address } from "../data/address.ts";
import type { Integer, Slot, Value } from "../data/cell.ts";
import { Index } from "../data/index-map.ts";
import { integer, isLong } from "../data/integer.ts";
import { Keyword } from "../data/keyword.ts";
import { CVMMap } from "../data/map.ts";
import { SlotRecord } from "../data/record.ts";
import type { Vector } from "../data/vector.ts";
import { INITIAL_PEER_TIMESTAMP } from "./constants.ts";
import { HostError } from "./host-error.ts";
import { addLongs, subtractLongs } from "./long.ts";
import { delegatorValue, ownValue, StakeMathError } from "./peer-stake.ts";
import { longField, touchField } from "./record-reader.ts";

export const PEER_STATUS_TAG = 0xd9;
export const PEER_STATUS_FIELDS = 7;

const FIELD_NAMES = [
  "controller",
  "stake",
  "stakes",
  "delegated-stake",
  "metadata",
  "timestamp",
  "balance",
].map(Keyword.of);

const CONTROLLER = 0;
const STAKE = 1;
const STAKES = 2;
const DELEGATED_STAKE = 3;
const METADATA = 4;
const TIMESTAMP = 5;
const BALANCE = 6;

export class PeerStatus extends SlotRecord {
  /** Use `create` or `fromFields`, which check the fields. */
  constructor(slots: Slot[]) {
    super(PEER_STATUS_TAG, slots);
  }

  /** A new peer, whose whole balance is the controller's stake, in copper. */
  static create(controller: Address, stake: Integer, metadata: CVMMap | null = null): PeerStatus {
    return new PeerStatus([
      controller,
      stake,
      Index.EMPTY,
      0,
      metadata,
      INITIAL_PEER_TIMESTAMP,
      stake,
    ]);
  }

  /** The record of seven decoded fields; null when they are not those of a peer. */
  static fromFields(fields: Vector): PeerStatus | null {
    touchField(fields, CONTROLLER);
    for (const i of [STAKE, DELEGATED_STAKE, TIMESTAMP, BALANCE]) {
      if (longField(fields, i) === null) return null;
    }
    return new PeerStatus(fields.slots);
  }

  override get fieldNames(): readonly Keyword[] {
    return FIELD_NAMES;
  }

  get controller(): Address | null {
    const controller = this.field(CONTROLLER);
    return controller instanceof Address ? controller : null;
  }
  /** Nil for a field of the wrong type (T41). */
  override namedField(i: number): Value {
    return i === CONTROLLER ? this.controller : this.field(i);
  }
  /** Whether an account may set stake and metadata of the peer, and evict it whatever its stake. */
  isControlledBy({ value }: Address): boolean {
    return this.controller?.value === value;
  }
  /** Shares of the controller. */
  get stake(): Integer {
    return this.slots[STAKE] as Integer;
  }
  /**
   * Shares of each delegator by Address; nil when the last one has left, empty before the first.
   */
  get stakes(): Index | null {
    const stakes = this.field(STAKES);
    return stakes instanceof Index ? stakes : null;
  }
  /** Shares of all delegators; can be negative (sheet 03 §4.3, defect 2). */
  get delegatedStake(): Integer {
    return this.slots[DELEGATED_STAKE] as Integer;
  }
  get metadata(): CVMMap | null {
    const metadata = this.field(METADATA);
    return metadata instanceof CVMMap ? metadata : null;
  }
  /** Timestamp of the peer's last valid block in milliseconds; -1 before the first. */
  get timestamp(): Integer {
    return this.slots[TIMESTAMP] as Integer;
  }
  /** Copper that the shares are shares of. */
  get balance(): Integer {
    return this.slots[BALANCE] as Integer;
  }

  /** Shares of controller and delegators: the peer's weight in consensus before decay. */
  get totalShares(): Integer {
    return addLongs(this.stake, this.delegatedStake);
  }

  /**
   * Copper that belong to the controller: rewards included, delegated stake not.
   * @throws StakeMathError with negative delegated stake or balance
   */
  get peerStake(): Integer {
    const { balance, stake, delegatedStake } = this;
    return integer(ownValue(BigInt(balance), BigInt(stake), BigInt(delegatedStake)));
  }

  /**
   * Copper that a delegator's shares are worth.
   * @throws StakeMathError as peerStake
   */
  delegatorStake(delegator: Address): Integer {
    const { balance, stake, delegatedStake } = this;
    if (delegatedStake <= 0) return 0;
    const shares = this.stakes?.get(delegator);
    if (shares === undefined || shares === null) return 0;
    if (!isLong(shares)) throw new HostError("Delegated shares are not a Long");
    return integer(
      delegatorValue(BigInt(balance), BigInt(stake), BigInt(delegatedStake), BigInt(shares)),
    );
  }

  /**
   * Sets the controller's shares to an amount of copper; the balance changes by the difference of
   * shares.
   * @throws StakeMathError when negative
   */
  withPeerStake(stake: Integer): PeerStatus {
    if (stake < 0) throw new StakeMathError("Negative stake");
    if (stake === this.stake) return this;
    const change = subtractLongs(stake, this.stake);
    return this.#changed([
      [STAKE, stake],
      [BALANCE, addLongs(this.balance, change)],
      [METADATA, this.field(METADATA) ?? CVMMap.EMPTY],
    ]);
  }

  /**
   * Sets a delegator's shares to an amount of copper; balance and delegated stake change by the
   * difference to the value of the shares before.
   * @throws StakeMathError when negative, or as delegatorStake
   */
  withDelegatedStake(delegator: Address, stake: Integer): PeerStatus {
    if (stake < 0) throw new StakeMathError("Negative delegated stake");
    const change = subtractLongs(stake, this.delegatorStake(delegator));
    if (change === 0) return this;
    const before = this.stakes ?? Index.EMPTY;
    const after = stake === 0 ? before.dissoc(delegator) : before.assoc(delegator, stake);
    return this.#changed([
      [DELEGATED_STAKE, addLongs(this.delegatedStake, change)],
      [STAKES, after === null || after.count === 0 ? null : after],
      [BALANCE, addLongs(this.balance, change)],
      [METADATA, this.field(METADATA) ?? CVMMap.EMPTY],
    ]);
  }

  /**
   * Adds fees of a block (copper) to the balance, and moves the timestamp forward to that of the
   * block.
   * @throws StakeMathError when the reward is negative
   */
  withBlockReward(reward: Integer, blockTimestamp: Integer): PeerStatus {
    if (reward < 0) throw new StakeMathError("Negative reward");
    const timestamp = blockTimestamp > this.timestamp ? blockTimestamp : this.timestamp;
    return this.#changed([
      [BALANCE, addLongs(this.balance, reward)],
      [TIMESTAMP, timestamp],
    ]);
  }

  /** Replaces the metadata; an empty map in place of nil changes nothing. */
  withMetadata(metadata: CVMMap): PeerStatus {
    if (metadata.count === 0 && this.field(METADATA) === null) return this;
    return this.#changed([[METADATA, metadata]]);
  }

  #changed(fields: readonly (readonly [index: number, value: Value])[]): PeerStatus {
    const slots = this.slots.slice();
    for (const [i, value] of fields) slots[i] = value;
    return new PeerStatus(slots);
  }
}
