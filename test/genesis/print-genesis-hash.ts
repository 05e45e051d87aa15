// Prints the hash of the test's genesis State: run as a process of its own by genesis.test.ts.

import { toHex } from "../../src/crypto/hex.ts";
import { hashBytes } from "../../src/data/encode.ts";
import { testGenesis } from "./test-genesis.ts";

process.stdout.write(toHex(hashBytes(testGenesis())));
