// Steps of library-scenarios that do something else on our genesis State, and why
// (library-interface §9). Each is checked against what is written here; anything else that differs
// is a failure.

export interface KnownDifferences {
  readonly reason: string;
  /** By step, what our State gives, printed: the value and events, or the code of the error. */
  readonly outcomes: Readonly<Record<number, string>>;
}

/** Outcome that is a form, which is not written down. */
export const FORM = "(a form)";

export const KNOWN_DIFFERENCES: readonly KnownDifferences[] = [
  {
    reason:
      "the interface means STATE for a node that does not exist; 0.8.5 calls a function that is not there (T24)",
    outcomes: {
      113: ":STATE",
    },
  },
  {
    reason: "a supply is never negative",
    outcomes: {
      212: ":ARGUMENT",
      325: ":ARGUMENT",
    },
  },
  {
    reason:
      "tokens are offered to an actor, which accepts them; 0.8.5 calls a function that its library lacks",
    outcomes: {
      250: "10",
      251: "10",
      253: "0",
      254: ":ARGUMENT",
      255: ":FUNDS",
      256: ":ARGUMENT",
      258: ":ignored",
      264: "4",
      756: "{2 {},3 {},0 {#133 7,#132 122},1 {}}",
    },
  },
  {
    reason:
      "without :max-supply there is no limit, as its documentation says and later releases do",
    outcomes: {
      331: FORM,
      356: "1",
    },
  },
  {
    reason: "negative minting stops at the balance of the caller; 0.8.5 lets it become negative",
    outcomes: {
      353: ":FUNDS",
      354: "[101 501]",
    },
  },
  {
    reason: "the new balance of the target, as of other fungible tokens; 0.8.5 returns inner data",
    outcomes: {
      506: '100 [["TR" #12 #13 100 1100 100 nil]]',
      507: '200 [["TR" #12 #13 100 1000 200 nil]]',
      508: '201 [["TR" #12 #13 1 999 201 :memo]]',
      509: '251 [["TR" #12 #13 50 949 251 nil]]',
      514: '251 [["TR" #12 #13 0 949 251 nil]]',
      516: '0 [["TR" #12 #13 0 0 0 nil]]',
      1007: '100 [["TR" #12 #13 100 1200 100 nil]]',
      1008: '200 [["TR" #12 #13 100 1100 200 :memo]]',
      1013: '200 [["TR" #12 #13 0 1100 200 nil]]',
      1014: '210 [["TR" #12 #13 10 1090 210 nil]]',
    },
  },
  {
    reason: "an offer of a token that is not held leaves the others alone; in 0.8.5 they are lost",
    outcomes: {
      544: "[909 0]",
      546: '919 [["TR" #13 #12 10 281 919 nil]]',
    },
  },
  {
    reason: "offers of NFTs and boxes can be read, as in later releases",
    outcomes: {
      599: "#{0,1}",
      675: "#{0,1}",
      787: "#{0}",
    },
  },
  {
    reason:
      "the receiver of an offer is an Address; what 0.8.5 takes instead can never be accepted",
    outcomes: {
      612: ":CAST",
      614: "#{2}",
      688: ":CAST",
      690: "#{2}",
      735: "#{0}",
    },
  },
  {
    reason:
      "boxes hold NFTs and boxes, but not themselves; 0.8.5 keeps offers to [address scope] apart",
    outcomes: {
      743: "{2 {},3 {},0 {#133 7,#67 #{0},#132 121},1 {}}",
      747: "{2 {},3 {},0 {#133 7,#132 121},1 {#69 #{0}}}",
      748: ":TRUST",
    },
  },
  {
    reason: "amounts are exact; those of 0.8.5 go through doubles",
    outcomes: {
      824: "2502494995000000000",
      966: "[141422 1 1]",
    },
  },
  {
    reason: "what is sold for nothing is not taken (step 899); the pool has less coin than there",
    outcomes: {
      900: "9970104807",
      901: "99500257",
    },
  },
  {
    reason:
      "without shares a deposit is a first one; 0.8.5 keeps it and gives no shares. Sales for nothing took nothing before (943, 944)",
    outcomes: {
      944: '0 [["TR" #new #12 0 0 997500 nil]]',
      946: "100",
      947: "[100 100 100 100 100]",
      948: "10",
    },
  },
  {
    reason: "a first deposit of one side takes nothing (step 956); 0.8.5 keeps the tokens",
    outcomes: {
      957: "1000",
      958: "[1.0 1000]",
      959: "1000",
    },
  },
  {
    reason: "a withdrawal never asks for more than the pool has",
    outcomes: {
      964: "141421356237",
    },
  },
  {
    reason: "an actor that accepts assets can be paid in tokens",
    outcomes: {
      970: "1",
      980: "2",
    },
  },
  {
    reason: "unwraps all without an amount, and needs no free coins; an actor needs receive-coin",
    outcomes: {
      1004: "1300",
      1040: ":STATE",
    },
  },
  {
    reason: "a map is owned when each entry is",
    outcomes: {
      1087: "false",
    },
  },
  {
    reason: "without an asset nobody is trusted; 0.8.5 trusts everybody",
    outcomes: {
      1088: ":ARGUMENT",
      1089: ":ARGUMENT",
    },
  },
];
