// What transactions and scheduled ops of a history do: text of forms about accounts, peers, coins,
// memory, keys, time and place.

import { toHex } from "../../../src/crypto/hex.ts";
import type { CaseRandom } from "../../fuzz/random.ts";
import { HISTORY_KEYS } from "./history-network.ts";
import type { Piece } from "./pieces.ts";

const KEYS = HISTORY_KEYS.map(({ publicKey }) => `0x${toHex(publicKey)}`);
const AMOUNTS = (
  "0|1|-1|7|100|5009|5010|1000000|999999999999|1000000000000|1000000000001|5000000000000|1e12|9223372036854775807|" +
  "1000000000000000000|1000000000000000001|*balance*|(inc *balance*)|(- *balance* 1000000)|(- *balance* 5000)|(quot *balance* 2)|123456789012|333333333333"
).split("|");
const ADDRESSES =
  "#11|#12|#13|#14|#15|#17|#18|#19|#132|#133|#134|#0|#8|#7|#9999|*address*|*origin*|*caller*".split(
    "|",
  );
const SPECIALS =
  "[*address* *origin* *caller* *signer* *peer* *location* *timestamp* *sequence* *balance* *memory* *key* *controller* *parent* *scope* *offer* *juice* *juice-limit* *depth* *result* *memory-price* *juice-price*]";

const amount = (r: CaseRandom): string => r.pick(AMOUNTS);
const address = (r: CaseRandom): string => r.pick(ADDRESSES);
const key = (r: CaseRandom): string =>
  r.oneIn(3) ? r.pick(["*key*", "*peer*", "*signer*"]) : r.pick(KEYS);
const later = (r: CaseRandom): string =>
  `(+ *timestamp* ${r.pick([0, -1, 1, 500, 999, 1000, 1001, 2000, 900_000, 3_600_000])})`;
const form = (r: CaseRandom): string => r.pick(FORMS)(r);
const code = (r: CaseRandom): string =>
  r.pick([SPECIALS, "(def q *timestamp*)", "(fail :X 1)", "(log *location*)", form(r)]);

/** Ops at one time, never 100 (T5). */
const manyOps: Piece = (r) =>
  `(let [op (compile '${code(r)})] (loop [i 0] (if (< i ${1 + r.below(6)}) (do (schedule* (+ *timestamp* ${r.pick(["i", "500", "1000", "(* i 700)"])}) op) (recur (inc i))) i)))`;

const ACTOR: Piece = (r) =>
  `(do (set-controller ${r.pick(["*caller*", "#11", "nil", "#12"])}) (defn receive-coin ^:callable [s o d] (accept ${r.pick(["o", "1", "*offer*", "(inc o)", "0", "(- o 1)"])})) (defn f ^:callable [x] ${form(r)}) ${r.pick(["nil", `(set-key ${key(r)})`, form(r)])})`;

const ENDS: readonly Piece[] = [
  (r) => `(do ${form(r)} (rollback ${r.pick(["1", "*balance*", SPECIALS])}))`,
  (r) => `(do ${form(r)} (halt ${form(r)}))`,
  (r) => `(do ${form(r)} (return 3))`,
  (r) => `(do ${form(r)} (fail ${r.pick([":X", "nil", "1", "[1]", ":JUICE", ":CHILD"])} 2))`,
  () => "(recur 1)",
  () => "(reduced 1)",
  () => "(tailcall* + 1 2)",
  () => "undeclared",
  () => "(loop [] (recur))",
  (r) => `(do ${form(r)} (loop [] (recur)))`,
];

const PEER_FORMS: readonly Piece[] = [
  (r) => `(set-peer-stake ${key(r)} ${amount(r)})`,
  (r) => `(set-peer-stake *key* ${amount(r)})`,
  () => "(set-peer-stake *key* 0)",
  (r) => `(set-stake ${key(r)} ${amount(r)})`,
  (r) => `(set-stake *peer* ${amount(r)})`,
  (r) => `(set-stake ${key(r)} 0)`,
  (r) => `(create-peer ${key(r)} ${amount(r)})`,
  (r) => `(evict-peer ${key(r)})`,
  (r) => `(get-stake ${key(r)} ${address(r)})`,
  (r) => `(get-peer-stake ${key(r)})`,
  (r) => `(set-peer-data *key* ${r.pick(['{:url "x"}', "{}", "nil", "{1 2}"])})`,
];

const ACCOUNT_FORMS: readonly Piece[] = [
  (r) => `(set-key ${r.pick([key(r), key(r), "nil", "*key*", "0x12"])})`,
  (r) => `(set-controller ${r.pick([address(r), address(r), "nil", "[#132 1]"])})`,
  (r) => `(set-parent ${r.pick([address(r), "nil"])})`,
  (r) => `(set-holding ${address(r)} ${r.pick(["1", "nil", "{:a 1}", "*location*"])})`,
  (r) => `(eval-as ${address(r)} '${form(r)})`,
  (r) => `(query ${form(r)})`,
  (r) => `(deploy '${ACTOR(r)})`,
  (r) => `(deploy '(set-controller ${address(r)}))`,
  (r) => `(call ${r.pick(["#132", "#133", "#134", "[#132 :s]"])} ${amount(r)} (f ${address(r)}))`,
  () => "(call #132 (f 1))",
  (r) => `(account ${address(r)})`,
  (r) => `(def ${r.pick(["q", "s", "t"])} ${form(r)})`,
  (r) => `(undef ${r.pick(["q", "s", "t"])})`,
  (r) => `(defn *lang* [x] ${r.pick(["(compile x)", "(compile (list 'do x x))", "1"])})`,
  () => "(undef *lang*)",
];

const COIN_FORMS: readonly Piece[] = [
  (r) => `(transfer ${address(r)} ${amount(r)})`,
  (r) => `(transfer ${address(r)} ${r.below(100_000)})`,
  (r) =>
    `(set-memory ${r.pick(["0", "1", "-1", "10000", "*memory*", "(inc *memory*)", "(+ *memory* 100000)", "(+ *memory* 999999)", "2000000"])})`,
  (r) =>
    `(transfer-memory ${address(r)} ${r.pick(["0", "1", "-1", "*memory*", "(inc *memory*)", "100"])})`,
  (r) =>
    `(def big (loop [i 0 a "0123456789abcdef"] (if (< i ${r.below(9)}) (recur (inc i) (str a a)) a)))`,
  () => "(undef big)",
  (r) => `(do (query ${r.pick(COIN_FORMS)(r)}) ${form(r)})`,
  (r) => `(do (query (set-memory 0)) ${form(r)} ${form(r)})`,
  (r) => `(try (do ${r.pick(COIN_FORMS)(r)} (fail 1)) ${form(r)})`,
];

const TIME_FORMS: readonly Piece[] = [
  (r) => `(schedule ${later(r)} ${code(r)})`,
  (r) => `(schedule ${later(r)} ${code(r)})`,
  (r) => `(schedule* ${later(r)} (compile '${code(r)}))`,
  manyOps,
  (r) => `(let [op (compile '(schedule* ${later(r)} s))] (def s op))`,
  () => "(schedule* *timestamp* s)",
  () => "(get *state* :schedule)",
];

const LOOKS: readonly Piece[] = [
  () => SPECIALS,
  () => SPECIALS,
  () => `(log ${SPECIALS})`,
  (r) => `(log ${form(r)})`,
  (r) => `(do (log ${r.below(9)}) ${form(r)})`,
  () => "(:globals *state*)",
  (r) => `(get (:peers *state*) ${key(r)})`,
  () => "(hash (encoding *state*))",
  (r) => `[${form(r)} ${form(r)}]`,
  (r) => `(try ${form(r)} ${form(r)})`,
  (r) => `(do ${form(r)} ${form(r)})`,
  (r) => `${r.below(100)}`,
];

const ALL: readonly (readonly Piece[])[] = [
  PEER_FORMS,
  PEER_FORMS,
  ACCOUNT_FORMS,
  COIN_FORMS,
  TIME_FORMS,
  LOOKS,
  LOOKS,
];
/** Makes a form of any family; those that end in another way than with a value are rarer. */
const FORMS: readonly Piece[] = [
  ...ALL.map(
    (family): Piece =>
      (r) =>
        r.pick(family)(r),
  ),
  ...ALL.map(
    (family): Piece =>
      (r) =>
        r.pick(family)(r),
  ),
  (r) => r.pick(ENDS)(r),
];

/** Deeper than this no form is made: what is in its place is a constant. */
const FORM_LENGTH_MAX = 3_000;

export function historyForm(r: CaseRandom): string {
  const text = form(r);
  return text.length > FORM_LENGTH_MAX ? SPECIALS : text;
}

/** An actor whose `receive-coin` accepts something, and whose `f` does anything. */
export const historyActor: Piece = (r) => `(deploy '${ACTOR(r)})`;
