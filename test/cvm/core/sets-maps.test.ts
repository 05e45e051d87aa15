import { describe } from "bun:test";
import { testCalls } from "./call-rows.ts";

describe("sets", () => {
  testCalls([
    ["(union)", "#{}", 50],
    ["(union #{1} nil #{2 3})", "#{2,3,1}", 200],
    ["(union #{1} [2])", ":CAST", 0],
    ["(intersection #{1 2} #{2})", "#{2}", 100],
    ["(intersection)", ":ARITY", 0],
    ["(difference #{1 2} #{2} nil)", "#{1}", 100],
    ["(difference nil)", "#{}", 50],
    ["(subset? #{1} #{1 2})", "true", 30],
    ["(subset? nil #{})", "true", 20],
    ["(subset? #{1} nil)", "false", 30],
    ["(subset? #{1} [])", ":CAST", 0],
    ["(disj #{1 2} 1 5)", "#{2}", 150],
    ["(disj nil 1)", "#{}", 100],
    ["(disj [])", ":CAST", 0],
  ]);
});

describe("maps", () => {
  testCalls([
    ["(keys {1 2 3 4})", "[3 1]", 150],
    ["(values {1 2 3 4})", "[4 2]", 150],
    [
      "(keys (account #12))",
      "[:sequence :key :balance :allowance :holdings :controller :environment :metadata :parent]",
    ],
    ["(values (account #11))", "[0 nil 0 0 nil nil nil nil nil]"],
    ["(keys nil)", ":CAST", 0],
    ["(values [])", ":CAST", 0],
    ["(dissoc {1 2 3 4} 1 5)", "{3 4}", 150],
    ["(dissoc nil 1)", "{}", 100],
    ["(dissoc (index :a 1) 'a)", "#Index {}", 100],
    ["(= (account #1) (dissoc (account #1) :x))", "true"],
    ["(= (account #1) (dissoc (account #1) :balance))", "false"],
    ["(count (dissoc (account #1) :balance))", "8"],
    ["(dissoc [])", ":CAST", 0],
    ["(merge)", "{}", 50],
    ["(merge nil)", "{}", 50],
    ["(merge {1 2} {1 3} nil)", "{1 3}", 100],
    ["(merge (index :a 1) {'a 2})", "#Index {a 2}", 100],
    ["(merge (index :a 1) {1 2})", ":CAST", 0],
    ["(merge {} [1])", ":CAST", 0],
    ["(= (account #1) (merge (account #1) {}))", "true"],
    ["(get (merge (account #1) {:x 1}) :x)", "1"],
  ]);
});
