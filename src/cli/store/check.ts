// `store check`: everything that is stored is read and held against its hash, beside the running
// peer.

import { checkRecord } from "../../peer/history/record-check.ts";
import { unfinishedBackup } from "../../store/file-backup.ts";
import { StoreError } from "../../store/store.ts";
import { type CheckFigures, StoreCheck } from "../../store/store-check.ts";
import { Copying } from "./copying.ts";
import { readStore } from "./open-store.ts";

/** @throws StoreError when a backup was cut short before it was whole */
export function requireWhole(backup: string): void {
  const { tables, store } = readStore(backup);
  try {
    if (tables.roots().length === 0) throw unfinishedBackup(backup);
  } finally {
    store.close();
  }
}

/** @throws StoreError when the file can't be opened as a store at all */
export async function check(path: string, json: boolean): Promise<CheckFigures> {
  const { tables, store } = readStore(path);
  const cells = new Copying("checking cells", json);
  try {
    const figures = await new StoreCheck(tables).run(async ({ cells: done, total }) => {
      await cells.show({ done, total, unit: "cells", bytes: null });
    });
    cells.end();
    // A file that can't be read gives one finding for each of its tables.
    if (figures.findings.length > 0) {
      return { ...figures, findings: [...new Set(figures.findings)] };
    }
    const count = (below: number) => tables.countPositionsBefore(below);
    const blocks = new Copying("checking blocks", json);
    const findings = await recordFindings(() =>
      checkRecord(store, count, async (done, total) => {
        await blocks.show({ done, total, unit: "blocks", bytes: null });
      }),
    );
    blocks.end();
    return { ...figures, findings };
  } finally {
    cells.end();
    store.close();
  }
}

async function recordFindings(work: () => Promise<string[]>): Promise<string[]> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return [error.message];
  }
}
