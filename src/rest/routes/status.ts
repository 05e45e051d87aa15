// GET status (sheet 05 §1.8).

import type { Hono } from "hono";
import { Blob } from "../../data/blob.ts";
import type { Value } from "../../data/cell.ts";
import { Keyword } from "../../data/keyword.ts";
import { CVMMap } from "../../data/map.ts";
import { Vector } from "../../data/vector.ts";
import type { PeerApi, PeerStatusReport } from "../../peer/peer-api.ts";
import { sendCell } from "../content.ts";
import { negotiated, operation } from "../documentation.ts";
import { STATUS } from "../response-schemas.ts";

/** The status map of sheet 04 §5.4; `:states` and `:state` are both the State at finality. */
export function statusMap(report: PeerStatusReport): CVMMap {
  const [blocks, proposal, consensus] = report.points as [number, number, number];
  const entries: [string, Value][] = [
    ["belief", Blob.of(report.belief)],
    ["states", Blob.of(report.state)],
    ["genesis", Blob.of(report.genesis)],
    ["peer", Blob.of(report.peer)],
    ["state", Blob.of(report.state)],
    ["consensus-point", consensus],
    ["proposal-point", proposal],
    ["block-point", blocks],
    ["consensus", Vector.from([...report.points])],
  ];
  return CVMMap.from(entries.map(([name, value]) => [Keyword.of(name), value]));
}

const describeStatus = operation({
  operationId: "getStatus",
  tags: ["Network"],
  summary: "Where this peer stands in consensus",
  responses: { 200: negotiated("Hashes and consensus points", STATUS) },
});

/** The map of sheet 04 §5.4; points and hashes are those of what is on disk. */
export function statusRoutes(app: Hono, peer: PeerApi): void {
  app.get("/status", describeStatus, (c) => sendCell(c, statusMap(peer.status())));
}
