// What users of the genesis libraries do: forms about assets, markets, names, monitors and actors
// that FIRST_FORMS has made before, in the words that people write them in.

import type { CaseRandom } from "../../fuzz/random.ts";
import { type Piece, times } from "./pieces.ts";

/** An actor that takes what it is sent, knows a scope, and does what its controller says. */
const RECEIVER =
  "(do (set-controller [#75 #{#12 #17}]) (def got []) (defn receive-coin ^:callable [s o d] (accept (quot *offer* 2)))" +
  " (defn receive-asset ^:callable [path q d] (do (#65/accept *caller* path q) (def got (conj got [path q d *scope*])) q))" +
  " (defn check-trusted? ^:callable [s a o] (cond (= *scope* :all) true (set? *scope*) (contains-key? *scope* a) (= s #12)))" +
  " (defn change-control ^:callable [c] (set-controller c))" +
  " (defn run ^:callable [f & args] (apply f args)) (defn hidden [] 1) (defn say ^:callable [x] (log :said x *caller* *scope*) [x *offer*]))";

/** What the first Block makes, in this order; the accounts are #132 and those behind it. */
export const FIRST_FORMS: readonly string[] = [
  "(deploy [(#64/build-token {:supply 1000000 :decimals 2}) (#64/add-mint {:max-supply 2000000 :minter #12})])",
  "(call #66 (create-market #132))",
  `(deploy '${RECEIVER})`,
  "(deploy [(#10/add-trusted-upgrade {:root [#134 #{:upgrade}]}) '(def version 1)])",
  "(do (#64/transfer #132 #17 5000) (#66/add-liquidity #132 100000 1000000000))",
  '[(call #67 (create)) (call #67 (create)) (call #68 (create {:name "a"})) (#70/create) (#70/create)]',
  "(do (call #71 (create :tok)) (call [#71 :tok] (mint 5000)) (#72/wrap 1000000))",
  "(call #74 (create [#75 #{#12}] #12))",
];

const USERS = "#12|#17|#18|#13|#134|[#134 :s]|*address*|*caller*|#132|#0|#999999|#8".split("|");
const PATHS = "#132|[#71 :tok]|#72|#133|#128|[#71 :none]|#67|#68|#69|#134".split("|");
const TOKENS = "#132|#132|#132|#72|#128|[#71 :tok]|#130|nil".split("|");
const AMOUNTS =
  "1|10|100|777|0|-1|5000|1000000|1000001|nil|1.5|#{0}|#{0 1}|9223372036854775807|(#65/balance #132)|*balance*".split(
    "|",
  );
const ASSETS =
  "[#132 10]|[[#71 :tok] 5]|[#67 #{0}]|[#67 #{1 0}]|[#68 #{0}]|[#69 #{0}]|[#69 #{1}]|[#72 100]|{#132 1 #72 2}|nil|{}|[#67 #{}]|[#133 1]|[#132 -1]".split(
    "|",
  );
const CONTROLS =
  "#12|#17|nil|[#75 #{#12 #18}]|[#74 0]|[#134 :all]|[#134 #{:control}]|[#76 [:all [[:time [0 99999999999999]] #12]]]|[#76 [:not #17]]|[#76 [:any [#17 #18]]]|[#73 [#132 1]]|#134|#73|*caller*".split(
    "|",
  );
const ACTIONS = ":control|:mint|:upgrade|:transfer|nil|:update|'x".split("|");
const NAMES = "'user.tester|'user.tester.a|'user.other|'convex.core|'asset|'|'user".split("|");
const user = (r: CaseRandom): string => r.pick(USERS);
const path = (r: CaseRandom): string => r.pick(PATHS);
const token = (r: CaseRandom): string => r.pick(TOKENS);
const amount = (r: CaseRandom): string => r.pick(AMOUNTS);
const asset = (r: CaseRandom): string => r.pick(ASSETS);
const control = (r: CaseRandom): string => r.pick(CONTROLS);
const named = (r: CaseRandom): string => r.pick(NAMES).replace(/'$/, "nil");
const form = (r: CaseRandom): string => r.pick(r.oneIn(3) ? AROUND : r.pick(FAMILIES))(r);

const ASSET_FORMS: readonly Piece[] = [
  (r) => `(#65/transfer ${user(r)} ${asset(r)})`,
  (r) => `(#65/transfer ${user(r)} ${path(r)} ${amount(r)} ${r.pick(["nil", ":memo", "[1]"])})`,
  (r) => `(#65/offer ${user(r)} ${r.oneIn(2) ? asset(r) : `${path(r)} ${amount(r)}`})`,
  (r) => `(#65/accept ${user(r)} ${r.oneIn(2) ? asset(r) : `${path(r)} ${amount(r)}`})`,
  (r) => `(do (#65/offer #17 ${asset(r)}) (#65/get-offer ${path(r)} *address* #17))`,
  (r) => `(#65/owns? ${user(r)} ${asset(r)})`,
  (r) => `(#65/${r.pick(["mint", "burn"])} ${path(r)} ${amount(r)})`,
  (r) =>
    `(#65/quantity-${r.pick(["add", "sub", "contains?"])} ${path(r)} ${amount(r)} ${amount(r)})`,
  (r) => `(#65/quantity-${r.pick(["add", "sub"])} ${asset(r)} ${asset(r)})`,
  (r) => `[(#65/balance ${path(r)} ${user(r)}) (#65/total-supply ${path(r)})]`,
  (r) => `(#64/transfer ${token(r)} ${user(r)} ${amount(r)})`,
  (r) => `(#64/${r.pick(["mint", "burn"])} ${token(r)} ${amount(r)})`,
  (r) => `(#70/${r.pick(["insert", "remove"])} ${r.pick(["0", "1", "[#69 0]", "5"])} ${asset(r)})`,
  (r) => `(#70/burn #{${r.below(3)}})`,
  (r) => `(#72/${r.pick(["wrap", "unwrap"])} ${amount(r)})`,
  (r) => `(call [#71 :tok] (mint ${amount(r)}))`,
  (r) => `(call [#71 :tok] (change-control ${control(r)}))`,
  (r) => `(call ${r.pick(["#67", "#68", "#69"])} (create ${r.pick(["", "{}", "{:a 1}"])}))`,
  (r) => `(call ${path(r)} (burn ${amount(r)}))`,
];

const MARKET_FORMS: readonly Piece[] = [
  (r) =>
    `(#66/${r.pick(["buy-tokens", "sell-tokens", "buy-cvx", "sell-cvx"])} ${token(r)} ${amount(r)})`,
  (r) =>
    `(#66/${r.pick(["buy", "sell", "buy-quote", "sell-quote"])} ${token(r)} ${amount(r)} ${token(r)})`,
  (r) => `(#66/add-liquidity ${token(r)} ${amount(r)} ${amount(r)})`,
  (r) => `(#66/withdraw-liquidity ${token(r)} ${amount(r)})`,
  (r) =>
    `[(#66/price ${token(r)}) (#66/price ${token(r)} ${token(r)}) (#66/get-market ${token(r)})]`,
  (r) => `(call #66 (create-market ${token(r)}))`,
  (r) => `(call #133 ${r.pick(["0", "100", "1000000", "*balance*"])} (buy-tokens ${amount(r)}))`,
];

const TRUST_FORMS: readonly Piece[] = [
  (r) => `(#10/trusted? ${control(r)} ${user(r)} ${r.pick(ACTIONS)} ${asset(r)})`,
  (r) => `(#10/change-control ${r.pick(["#134", "#135", "[#74 0]", "[#71 :tok]"])} ${control(r)})`,
  (r) => `(call #135 (upgrade '(do (def version (inc version)) ${form(r)})))`,
  (r) => `(#10/${r.pick(["remove-upgradability!", "trust-monitor?"])} ${user(r)})`,
  (r) => `(call [#74 ${r.below(2)}] (update ${control(r)}))`,
  (r) => `(set-controller ${control(r)})`,
  (r) => `(eval-as ${user(r)} '${form(r)})`,
  (r) => `(eval-as #134 '(set-controller ${control(r)}))`,
  (r) => `(query-as ${user(r)} '${form(r)})`,
  (r) => `(#9/create ${named(r)} ${user(r)} ${control(r)} ${r.pick(["nil", "{:a 1}"])})`,
  (r) => `(#9/update ${named(r)} ${form(r)})`,
  (r) => `(#9/control ${named(r)} ${control(r)})`,
  (r) => `[(#9/resolve ${named(r)}) (#9/read ${named(r)})]`,
  (r) => `(call #9 (register {:name "${r.below(9)}"}))`,
  (r) => `(do (import ${named(r).replace("'", "")} :as lib) lib)`,
];

/** What stands around others. */
const AROUND: readonly Piece[] = [
  (r) => `(call ${r.pick(["#134", "[#134 :s]", "#135"])} ${amount(r)} (say ${form(r)}))`,
  (r) => `(call #134 (run (fn [a & b] ${form(r)}) ${amount(r)} 2 3))`,
  (r) => `(call #134 (run #65/${r.pick(["transfer", "offer"])} ${user(r)} ${asset(r)}))`,
  (r) => `(transfer ${user(r)} ${amount(r)})`,
  (r) => `(schedule (+ *timestamp* ${r.pick(["1", "1000", "1500"])}) ${form(r)})`,
  (r) => `(try ${form(r)} [*result* ${form(r)}])`,
  (r) => `(query ${form(r)})`,
  (r) => `(do (try (do ${form(r)} (fail :X 1)) 2) ${form(r)})`,
  (r) => `(do ${form(r)} (${r.pick(["rollback", "halt", "return", "reduced"])} ${amount(r)}))`,
  (r) =>
    `(let [[a & more] [${form(r)} ${form(r)}] f (fn [& [x y]] [x y])] [a more (f 1 ${form(r)})])`,
  (r) => `(map (fn [h] (#65/balance ${path(r)} h)) [#12 #17 #134])`,
  (r) => `(for [h [#17 #18]] (#64/transfer ${token(r)} h ${amount(r)}))`,
  (r) => `(doseq [h {:a 1 :b 2}] (log h ${form(r)}))`,
  (r) => `(dotimes [i ${r.below(4)}] ${form(r)})`,
  (r) => `(loop [i 0 acc []] (if (< i 3) (recur (inc i) (conj acc ${form(r)})) acc))`,
  (r) => `(switch ${amount(r)} 1 ${form(r)} 100 ${form(r)} ${form(r)})`,
  (r) => `(cond ${form(r)} ${form(r)} ${form(r)})`,
  (r) => `(log :topic ${form(r)} ${user(r)})`,
  (r) => `(do (set-holding ${user(r)} ${form(r)}) (get-holding ${user(r)}))`,
  (r) => `(print ${form(r)})`,
  (r) => `(str ${form(r)} *result*)`,
  (r) => `\`[~${form(r)} ~@[1 ${form(r)}] \`(a ~(b ~${form(r)}))]`,
  (r) => `(do (defmacro m [& xs] \`(do ~@xs)) (m ${form(r)} ${form(r)}))`,
  (r) => `(eval \`(do ~${amount(r)} ${form(r)}))`,
  () => "[*caller* *origin* *scope* *offer* *holdings* *controller* *sequence* *result* *log*]",
];

const FAMILIES = [ASSET_FORMS, ASSET_FORMS, MARKET_FORMS, TRUST_FORMS, AROUND];
const LENGTH_MAX = 2_000;

export function libraryForm(r: CaseRandom): string {
  const text = r.oneIn(4) ? `(do ${times(2, () => form(r))})` : form(r);
  return text.length > LENGTH_MAX ? "[*balance* *holdings*]" : text;
}
