// The runtimes that executables are made from: packages of the npm registry at the pinned version
// of Bun, with the registry's integrity. test/release/runtime.test.ts compares them with
// package.json and the lock file.

import type { Target } from "../src/cli/release/target.ts";

export const BUN_VERSION = "1.4.5";

export interface Runtime {
  /** Name of the package. */
  readonly name: string;
  readonly integrity: string;
  /** Bun's name of the target. */
  readonly bunTarget: Bun.Build.CompileTarget;
}

export const RUNTIMES: Readonly<Record<Target, Runtime>> = {
  "linux-x64": {
    name: "@oven/bun-linux-x64",
    integrity:
      "sha512-IWX9BELoGHAUtMonkeSaNaZwXzRk+oDw6Mk+HBFXd3KHYIBNBsIGRupMZPcgNoDbJpLu6gAJjIoIVPZtt1aJ1g==",
    bunTarget: "bun-linux-x64",
  },
  "linux-x64-baseline": {
    name: "@oven/bun-linux-x64-baseline",
    integrity:
      "sha512-s8yMwYcFnnrA178gji0gZbkE2WVDej/Ti1x770oPfihxyRxSMNhGhiAQNXV53aDeraZxksdvKV/RAdQBCd0qPA==",
    bunTarget: "bun-linux-x64-baseline",
  },
  "linux-arm64": {
    name: "@oven/bun-linux-aarch64",
    integrity:
      "sha512-4BXmsSKnjOrlGWqZV4x/oWa7AVoR+B6lCXddMzOAXBIm3t50eslg9wb66gmtW1AamEQ1l1CDvmmruysEhqOWMg==",
    bunTarget: "bun-linux-arm64",
  },
  "linux-x64-musl": {
    name: "@oven/bun-linux-x64-musl",
    integrity:
      "sha512-10QoW/YfTgnURaGEaHpJCiXjLI2e5iTtfVDaA5JKcyUzaa1cq6cVUY9/Uq5XkYzvtRjHLRe9Oj/lTDIQcxy8HQ==",
    bunTarget: "bun-linux-x64-musl",
  },
  "linux-x64-musl-baseline": {
    name: "@oven/bun-linux-x64-musl-baseline",
    integrity:
      "sha512-cWJhU8h0+MiUgpSt99sQhjxLIIosKEcKYdtKddohokUvAuN6jKOy7g7+QDTZTXtwHxz93wL3BX+L6wXVPDUH3A==",
    bunTarget: "bun-linux-x64-baseline-musl",
  },
  "linux-arm64-musl": {
    name: "@oven/bun-linux-aarch64-musl",
    integrity:
      "sha512-XCNc+WvvMAdNNb+OWTogpy+N9wm62fkVeEVLb6how0RZhW5LPi6c7BlkeVCuWps7XjEl2saFpHFa20/1E+PAHg==",
    bunTarget: "bun-linux-arm64-musl",
  },
  "darwin-arm64": {
    name: "@oven/bun-darwin-aarch64",
    integrity:
      "sha512-4MIFXHmctH2EhAxLXm2/qxNtv17dFtLJylvaOCsrgq6KSqHTs6eW5YSrJjRbJxYUJaR901fsN8JfZOa+CsWpWQ==",
    bunTarget: "bun-darwin-arm64",
  },
  "darwin-x64": {
    name: "@oven/bun-darwin-x64",
    integrity:
      "sha512-qkLPMGHZM9NI6CeHTWwVezzmlo6cC4Ta7yUAjYIWXS366qQcOlcp75t2uZyiuVRBMPS0h9qE0tCcvCHGaFqjJg==",
    bunTarget: "bun-darwin-x64",
  },
};
