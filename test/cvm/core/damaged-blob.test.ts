// T46: operations with a long Blob or String that nothing makes but a hand, with chunks of another
// length or type than its count says, and what the reference answers: form, % for the quoted cell
// and %% for the bare one | cell | first bytes of the value's hash, or void | juice. A cell is B or
// S, its count and its children; n:k are n letters, the first one the k-th of the alphabet.

import { expect, test } from "bun:test";
import { toHex } from "../../../src/crypto/hex.ts";
import { readForm } from "../../../src/cvm/compile/read-form.ts";
import { Blob, BlobTree } from "../../../src/data/blob.ts";
import type { Slot, Value } from "../../../src/data/cell.ts";
import { CVMString } from "../../../src/data/string.ts";
import { testGenesis } from "../../genesis/test-genesis.ts";
import { filled, invoked, quoted } from "../../interop/programs/damaged-calls.ts";
import { answerTo, rowsOf } from "./damaged-cells.ts";

/** The cell of a text as above; what is neither letters nor a tree is read as a form. */
function cellOf(text: string): Value {
  const words = text
    .replaceAll("}", " }")
    .split(" ")
    .filter((word) => word !== "");
  const next = (): Value => {
    const word = words.shift() as string;
    const letters = /^(\d+):(\d+)$/.exec(word);
    if (letters !== null) return Blob.of(lettersOf(Number(letters[1]), Number(letters[2])));
    const tree = /^([BS])(\d+)\{(.*)$/.exec(word);
    if (tree === null) return readForm(word);
    if (tree[3] !== "") words.unshift(tree[3] as string);
    const slots: Slot[] = [];
    while (words[0] !== "}") slots.push(next());
    words.shift();
    const blob = new BlobTree(Number(tree[2]), slots);
    return tree[1] === "B" ? blob : new CVMString(blob);
  };
  return next();
}

function lettersOf(n: number, first: number): Uint8Array {
  return Uint8Array.from({ length: n }, (_, i) => 97 + ((i + first) % 26));
}

function messageOf(form: string, cell: string): string {
  const command = filled(readForm(form), {
    "%": () => quoted(cellOf(cell)),
    "%%": () => cellOf(cell),
  });
  const { message } = invoked(command, testGenesis()) as { message: Uint8Array };
  return toHex(message);
}

const ROWS = rowsOf(`
(str %) | B8200{B4097{4096:0 4096:1} 4096:2 8:3} | 3f8888b449bf10ee | 16890
(slice % 1) | B8192{4095:0 4096:1} | c1dcf9fa26c729b0 | 8786
(slice % 1) | S8192{4095:0 4096:1} | 3d7d11f34ec9cb1e | 8786
(slice % 1) | B8200{B4097{4096:0 4096:1} 4096:2 8:3} | 7dc1d710d037454a | 8794
(slice % 0 5000) | B8192{4095:0 4096:1} | 849b3d098a280377 | 5670
(slice % 0 5000) | S8192{4095:0 4096:1} | d7170551abb9b89c | 5670
(slice % 0 5000) | B8200{B4097{4096:0 4096:1} 4096:2 8:3} | 715d6433507526c7 | 5670
(slice % 4000 4097) | B8192{4095:0 4096:1} | 486015340208695c | 767
(slice % 4000 4097) | S8192{4095:0 4096:1} | ee6d2493928aab6c | 767
(slice % 4000 4097) | B8200{B4097{4096:0 4096:1} 4096:2 8:3} | c818ac41104b68ce | 767
(slice % 1 4100) | B8192{4095:0 4096:1} | 15b7e558c5503d4d | 4769
(slice % 1 4100) | S8192{4095:0 4096:1} | f21aa7dde3c8ac42 | 4769
(slice % 1 4100) | B8200{B4097{4096:0 4096:1} 4096:2 8:3} | 325eb1c63d84fd7f | 4769
(slice % 4096) | B4100{4:3 4096:1} | 2ae5a93920b476d0 | 599
(slice % 4096) | S4100{4:3 4096:1} | e9df2e1b1e229169 | 599
(slice % 4096) | B4100{4096:0 100:9} | 173bf2a5cd773781 | 599
(slice % 4090 4100) | B8192{4095:0 4096:1} | c53031d4adfec4a6 | 680
(slice % 4090 4100) | S8192{4095:0 4096:1} | 3ad01f411c5fb553 | 680
(slice % 4090 4100) | B8200{B4097{4096:0 4096:1} 4096:2 8:3} | 460f8e819a125c51 | 680
(slice % 1 4095) | B8192{4095:0 4096:1} | 6f3620e4f8f05f22 | 4764
(slice % 1 4095) | S8192{4095:0 4096:1} | ed978ac04b42a501 | 4764
(slice % 1 4095) | B8200{B4097{4096:0 4096:1} 4096:2 8:3} | 6f3620e4f8f05f22 | 4764
(str %) | B8192{4095:0 4096:1} | 9cb8f59a4cbb9ac6 | 16872
(str %) | S8192{4095:0 4096:1} | void | void
(str %) | B8200{B4097{4096:0 4096:1} 4096:2 8:3} | 3f8888b449bf10ee | 16890
(str "ab" %) | B8192{4095:0 4096:1} | ef04d18fa06f91bd | 16949
(str "ab" %) | S8192{4095:0 4096:1} | 5e5eca94376544e2 | 8758
(str "ab" %) | B8200{B4097{4096:0 4096:1} 4096:2 8:3} | 2b4b3410c0d9baad | 16967
(str % % "x") | B8192{4095:0 4096:1} | 74fee04b20adb67f | 33405
(str % % "x") | B8200{B4097{4096:0 4096:1} 4096:2 8:3} | 0d6be93c41103bc8 | 33441
(str % % "x") | S8200{B4097{4096:0 4096:1} 4096:2 8:3} | 20bd87e9db64e65b | 17042
(str [%]) | B8192{4095:0 4096:1} | 7f293b915468b0ae | 17281
(str [%]) | B8200{B4097{4096:0 4096:1} 4096:2 8:3} | d3a3269e38bdb560 | 25491
(str [%]) | S8200{B4097{4096:0 4096:1} 4096:2 8:3} | 9fc7e646e4ae8217 | 9099
(print %) | B8192{4095:0 4096:1} | 292bd68681fc782f | 16874
(print %) | B8200{B4097{4096:0 4096:1} 4096:2 8:3} | 95718ca51093f281 | 25084
(print %) | S8200{B4097{4096:0 4096:1} 4096:2 8:3} | 2bbc7de5201d5966 | 8692
(hash %) | B8192{4095:0 4096:1} | 671ac6ab6a1e57dc | 165310
(hash %) | B8200{B4097{4096:0 4096:1} 4096:2 8:3} | 0fd0456c7a73c3f3 | 165470
(hash %) | B4100{4:3 4096:1} | 1171667d05e70eaa | 83470
(keccak256 %) | B8192{4095:0 4096:1} | 1527c74616496b48 | 165310
(keccak256 %) | B8200{B4097{4096:0 4096:1} 4096:2 8:3} | e294ed503071bb8d | 165470
(keccak256 %) | B4100{4:3 4096:1} | 432382ac74cc9493 | 83470
(sha256 %) | B8192{4095:0 4096:1} | cbfb923705c561a0 | 165310
(sha256 %) | B8200{B4097{4096:0 4096:1} 4096:2 8:3} | 4584b965f71ddc7b | 165470
(sha256 %) | B4100{4:3 4096:1} | 9f5b36ce6b103d56 | 83470
(blob %) | S8192{4095:0 4096:1} | error :CAST | 470
(blob %) | S4100{4:3 4096:1} | error :CAST | 470
(blob %) | S12300{12:0 4096:1 4096:2 4096:3} | error :CAST | 470
(long %) | B4100{4096:0 100:9} | 3bb54c69b8ecb722 | 490
(long %) | B12300{12:0 4096:1 4096:2 4096:3} | c8f34c7e4b7e0427 | 490
(long %) | B8193{4096:0 B8200{4096:4 4096:2 8:1} 1:3} | e9de11a8f38bc9c3 | 490
(int %) | B8192{4095:0 4096:1} | error :CAST | 470
(int %) | B8200{B4097{4096:0 4096:1} 4096:2 8:3} | error :CAST | 470
(int %) | B4100{4:3 4096:1} | error :CAST | 470
(first %) | B8192{4095:0 4096:1} | 43bd35645dc85fa0 | 490
(first %) | S8192{4095:0 4096:1} | e826ae13b320a7be | 490
(first %) | B8200{B4097{4096:0 4096:1} 4096:2 8:3} | 43bd35645dc85fa0 | 490
(nth % 4096) | B4100{4:3 4096:1} | c15511af3f5cdef6 | 565
(nth % 4096) | S4100{4:3 4096:1} | 38eb198583e25e53 | 565
(nth % 4096) | B4100{4096:0 100:9} | 23c9105aa221c835 | 565
(nth % 100) | B8192{4095:0 4096:1} | b4e6b4017bcdf91f | 565
(nth % 100) | S8192{4095:0 4096:1} | a2ffc1e279fd1571 | 565
(nth % 100) | B8200{B4097{4096:0 4096:1} 4096:2 8:3} | b4e6b4017bcdf91f | 565
(last %) | B4100{4:3 4096:1} | 4b736320473e9dd0 | 490
(last %) | S4100{4:3 4096:1} | bbd7841ae562ce5f | 490
(last %) | B4100{4096:0 100:9} | e2af254de2383edf | 490
(vec (slice % 0 200)) | B8192{4095:0 4096:1} | 0fff1e035566227d | 11315
(vec (slice % 0 200)) | S8192{4095:0 4096:1} | 721230791952de86 | 11315
(vec (slice % 0 200)) | B8200{B4097{4096:0 4096:1} 4096:2 8:3} | 0fff1e035566227d | 11315
(vec %) | B8200{B4097{4096:0 4096:1} 4096:2 8:3} | 7f1b096d733451ea | 410520
(vec %) | S8200{B4097{4096:0 4096:1} 4096:2 8:3} | 1899210c96cf8385 | 410520
(vec %) | B4100{4096:0 100:9} | e1b1a95950dcd023 | 205520
(byte %) | B4100{4:3 4096:1} | 4b736320473e9dd0 | 490
(byte %) | B4100{4096:0 100:9} | e2af254de2383edf | 490
(byte %) | B12300{12:0 4096:1 4096:2 4096:3} | da50d5862bfbe35c | 490
(split % \\c) | S8200{B4097{4096:0 4096:1} 4096:2 8:3} | 753e83ef4f9d37e4 | 24665
(split % \\c) | S4100{4096:0 100:9} | 565099f893b2d5a4 | 12665
(split % \\c) | S8193{4096:0 B8200{4096:4 4096:2 8:1} 1:3} | 4f293e8ad48cd4ff | 24608
(join [% "q"] \\-) | S8200{B4097{4096:0 4096:1} 4096:2 8:3} | 7d81be1eaf77bdd5 | 9297
(join [% "q"] \\-) | S4100{4096:0 100:9} | 6e7cc60e483fed7e | 5197
(join [% "q"] \\-) | S8193{4096:0 B8200{4096:4 4096:2 8:1} 1:3} | ae6a3d2e23b1be59 | 9290
(join [% 1] \\-) | S8192{4095:0 4096:1} | void | void
(join [% 1] \\-) | S4100{4:3 4096:1} | void | void
(join [% 1] \\-) | S12300{12:0 4096:1 4096:2 4096:3} | void | void
(keyword %) | S8192{4095:0 4096:1} | error :ARGUMENT | 470
(keyword %) | S8200{B4097{4096:0 4096:1} 4096:2 8:3} | error :ARGUMENT | 470
(keyword %) | S12300{12:0 4096:1 4096:2 4096:3} | error :ARGUMENT | 470
(symbol %) | S8192{4095:0 4096:1} | error :ARGUMENT | 470
(symbol %) | S8200{B4097{4096:0 4096:1} 4096:2 8:3} | error :ARGUMENT | 470
(symbol %) | S4100{4:3 4096:1} | error :ARGUMENT | 470
(index % 1) | B8192{4095:0 4096:1} | 5cd90440ab25fd48 | 695
(index % 1) | S8192{4095:0 4096:1} | 74680b781b7f65ce | 695
(index % 1) | B8200{B4097{4096:0 4096:1} 4096:2 8:3} | 7de09a5423447409 | 695
(get (index % 1) %) | B8192{4095:0 4096:1} | f38ddbe695dc96e7 | 1195
(get (index % 1) %) | S8192{4095:0 4096:1} | f38ddbe695dc96e7 | 1195
(get (index % 1) %) | B8200{B4097{4096:0 4096:1} 4096:2 8:3} | f38ddbe695dc96e7 | 1195
(assoc (index % 1) % 2) | B8192{4095:0 4096:1} | c8e15a8169d01fe4 | 1390
(assoc (index % 1) % 2) | S8192{4095:0 4096:1} | f4c69665c5472b3c | 1390
(assoc (index % 1) % 2) | B8200{B4097{4096:0 4096:1} 4096:2 8:3} | a61db4f6a155c3e6 | 1390
(dissoc (index % 1) %) | B8192{4095:0 4096:1} | 0b4e0fb4b58a5da5 | 1265
(dissoc (index % 1) %) | S8192{4095:0 4096:1} | 0b4e0fb4b58a5da5 | 1265
(dissoc (index % 1) %) | B8200{B4097{4096:0 4096:1} 4096:2 8:3} | 0b4e0fb4b58a5da5 | 1265
(contains-key? (index % 1) %) | B8192{4095:0 4096:1} | a6124adec80e7954 | 1195
(contains-key? (index % 1) %) | S8192{4095:0 4096:1} | a6124adec80e7954 | 1195
(contains-key? (index % 1) %) | B8200{B4097{4096:0 4096:1} 4096:2 8:3} | a6124adec80e7954 | 1195
(get (index 0x00 1) %) | B8192{4095:0 4096:1} | 5d53469f20fef4f8 | 1195
(get (index 0x00 1) %) | S8192{4095:0 4096:1} | 5d53469f20fef4f8 | 1195
(get (index 0x00 1) %) | B8200{B4097{4096:0 4096:1} 4096:2 8:3} | 5d53469f20fef4f8 | 1195
(count (assoc (index % 1) 0x00 2)) | B8192{4095:0 4096:1} | 230dd2cc933dfc3e | 1805
(count (assoc (index % 1) 0x00 2)) | S8192{4095:0 4096:1} | 230dd2cc933dfc3e | 1805
(count (assoc (index % 1) 0x00 2)) | B8200{B4097{4096:0 4096:1} 4096:2 8:3} | 230dd2cc933dfc3e | 1805
(count (assoc (index) % 1)) | B8192{4095:0 4096:1} | f38ddbe695dc96e7 | 1555
(count (assoc (index) % 1)) | S8192{4095:0 4096:1} | f38ddbe695dc96e7 | 1555
(count (assoc (index) % 1)) | B8200{B4097{4096:0 4096:1} 4096:2 8:3} | f38ddbe695dc96e7 | 1555
(get (index 0x 1) %) | B4100{4:3 4096:1} | 5d53469f20fef4f8 | 1195
(get (index 0x00 1) %) | B4100{4:3 4096:1} | 5d53469f20fef4f8 | 1195
(get (index 0x64 1) %) | B4100{4:3 4096:1} | 5d53469f20fef4f8 | 1195
(get (index 0x64 1 0x6465 2) %) | B4100{4:3 4096:1} | 5d53469f20fef4f8 | 1445
(get (index 0x64 1 0x75 2) %) | B4100{4:3 4096:1} | 5d53469f20fef4f8 | 1445
(get (index 0x646566 1 0x64656600 2) %) | B4100{4:3 4096:1} | 5d53469f20fef4f8 | 1445
(get (index 0x64656667 1 0x6465666700 2) %) | B4100{4:3 4096:1} | void | void
(get (index 0x64656667000000000000000000000000000000000000000000000000000000000000 1 0x01 3) %) | B4100{4:3 4096:1} | f38ddbe695dc96e7 | 1445
(contains-key? (index 0x64 1 0x75 2) %) | B4100{4:3 4096:1} | 07da05bf823af182 | 1445
(contains-key? (index 0x 1) %) | S4100{4:3 4096:1} | 07da05bf823af182 | 1195
(dissoc (index 0x 1) %) | B4100{4:3 4096:1} | e3181cb6e4e33ad7 | 1265
(dissoc (index 0x64 1 0x75 2) %) | B4100{4:3 4096:1} | a38362c9ed780a81 | 1515
(dissoc (index 0x64656667 1 0x6465666700 2) %) | B4100{4:3 4096:1} | void | void
(assoc (index 0x00 1) % 2) | B4100{4:3 4096:1} | 7fdd000f01207971 | 1390
(assoc (index 0x64 1) % 2) | B4100{4:3 4096:1} | dd7a57d1632cb266 | 1390
(count (assoc (index 0x64 1) % 2)) | B4100{4:3 4096:1} | 230dd2cc933dfc3e | 1805
(count (assoc (index 0x64 1 0x75 2) % 2)) | B4100{4:3 4096:1} | 758636090162cb6b | 2055
(get (index % 1) 0x00) | B4100{4:3 4096:1} | 5d53469f20fef4f8 | 1195
(get (index % 1) 0x64) | B4100{4:3 4096:1} | 5d53469f20fef4f8 | 1195
(get (index % 1) 0x0000000000000000000000000000000000000000000000000000000000000000) | B4100{4:3 4096:1} | 5d53469f20fef4f8 | 1195
(get (index % 1) 0x6465666700000000000000000000000000000000000000000000000000000000) | B4100{4:3 4096:1} | void | void
(count (assoc (index % 1) 0x00 2)) | B4100{4:3 4096:1} | 230dd2cc933dfc3e | 1805
(count (assoc (index % 1) 0x64 2)) | B4100{4:3 4096:1} | 230dd2cc933dfc3e | 1805
(count (assoc (index % 1) 0x64656667 2)) | B4100{4:3 4096:1} | void | void
(count (assoc (index % 1) 0x6465666700 2)) | B4100{4:3 4096:1} | void | void
(count (assoc (index % 1) 0x646566 2)) | B4100{4:3 4096:1} | 230dd2cc933dfc3e | 1805
(count (assoc (index % 1) 0x6465660000000000000000000000000000000000000000000000000000000000 2)) | B4100{4:3 4096:1} | 230dd2cc933dfc3e | 1805
(get (assoc (index % 1) 0x00 2) 0x00) | B4100{4:3 4096:1} | 230dd2cc933dfc3e | 1890
(get (assoc (index % 1) 0x00 2) %) | B4100{4:3 4096:1} | f38ddbe695dc96e7 | 1890
(get (assoc (index % 1) 0x00 2) 0x64) | B4100{4:3 4096:1} | 5d53469f20fef4f8 | 1890
(dissoc (assoc (index % 1) 0x00 2) 0x00) | B4100{4:3 4096:1} | 78f88c34e57569a4 | 1960
(count (dissoc (assoc (index % 1) 0x00 2) %)) | B4100{4:3 4096:1} | f38ddbe695dc96e7 | 2375
(merge (index 0x00 1) {% 2}) | B4100{4:3 4096:1} | 7fdd000f01207971 | 1845
(keys (slice (assoc (index % 1) 0x00 2) 0 1)) | B4100{4:3 4096:1} | 3cf54ee4092b8fda | 2530
(count (slice (assoc (index % 1) 0x00 2) 1 2)) | B4100{4:3 4096:1} | f38ddbe695dc96e7 | 2450
(get (index 0x61 1 0x51 2) %) | B4100{"abc" 4096:2} | void | void
(get (index 0x 1) %) | B4100{"abc" 4096:2} | void | void
((index 0x00 1) %) | B4100{4:3 4096:1} | 5d53469f20fef4f8 | 1070
(= (assoc (index 0x00 1) % 2) (assoc (index % 2) 0x00 1)) | B4100{4:3 4096:1} | 07da05bf823af182 | 3195
(let %% 1) | S8192{4095:0 4096:1} | error :SYNTAX | 220
(let %% 1) | S4100{4096:0 100:9} | void | void
(let %% 1) | S8200{B4097{4096:0 4096:1} 4096:2 8:3} | void | void
(loop %% 1) | S4100{4096:0 7} | void | void
(try (let %% 1) 2) | S4100{"abc" 4096:2} | void | void
(let %% 1) | B4100{"abc" 4096:2} | error :SYNTAX | 220
(let [1 2 %%] 3) | S4100{4096:0 7} | error :SYNTAX | 400
(1 %) | B4100{4096:0 7} | void | void
(1 %) | S4100{4096:0 7} | void | void
(1 %) | B4100{"abc" 4096:2} | void | void
(boolean (blob %)) | S8192{4095:0 4096:1} | error :CAST | 865
(boolean (blob %)) | S4100{4:3 4096:1} | error :CAST | 865
(boolean (blob %)) | S12300{12:0 4096:1 4096:2 4096:3} | error :CAST | 865
(= (str %) (str %)) | B8192{4095:0 4096:1} | a6124adec80e7954 | 34159
(= (str %) (str %)) | S8192{4095:0 4096:1} | void | void
(= (str %) (str %)) | B8200{B4097{4096:0 4096:1} 4096:2 8:3} | a6124adec80e7954 | 34195
(count (str %)) | B8192{4095:0 4096:1} | bcf33ae1b1eb36cb | 17287
(count (str %)) | S8192{4095:0 4096:1} | void | void
(count (str %)) | B8200{B4097{4096:0 4096:1} 4096:2 8:3} | 2bfc404c0f74ede5 | 17305
(slice (str %) 3 9) | B8192{4095:0 4096:1} | 50b95de840b406c4 | 17473
(slice (str %) 3 9) | B8200{B4097{4096:0 4096:1} 4096:2 8:3} | 50b95de840b406c4 | 17491
(slice (str %) 3 9) | S8200{B4097{4096:0 4096:1} 4096:2 8:3} | cc6cb26996ff8980 | 9291
`);

test.each(ROWS)("%s with %s", (form, cell, answer) => {
  expect(answerTo(messageOf(form, cell))).toBe(answer);
});
