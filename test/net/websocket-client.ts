// A client of the binary protocol over WebSocket: the production link on a socket of the runtime's.

import { DialError } from "../../src/net/dial.ts";
import type { LinkClock } from "../../src/net/link.ts";
import type { LinkMemory } from "../../src/net/tcp-link.ts";
import { WebSocketLink, type WebSocketPort } from "../../src/net/websocket.ts";

/** Connects to a `ws://` URL. @throws DialError when it is refused */
export function dialWebSocket(
  url: string,
  { clock, memory }: { readonly clock: LinkClock; readonly memory: LinkMemory },
): Promise<WebSocketLink> {
  const ws = new WebSocket(url);
  ws.binaryType = "arraybuffer";
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    let link: WebSocketLink | null = null;
    ws.addEventListener("open", () => {
      const remote = { host: hostname, port: Number(port) };
      link = new WebSocketLink(clientPort(ws), remote, clock, memory);
      link.isTrusted = true;
      resolve(link);
    });
    ws.addEventListener("message", ({ data }) => {
      link?.take(typeof data === "string" ? data : new Uint8Array(data as ArrayBuffer));
    });
    ws.addEventListener("close", ({ reason }) => {
      if (link !== null) link.lost(reason || "closed by the other side");
      else reject(new DialError("UNREACHABLE", `No connection to ${url}: ${reason || "refused"}`));
    });
  });
}

function clientPort(ws: WebSocket): WebSocketPort {
  return {
    send: (payload) => {
      if (ws.readyState !== WebSocket.OPEN) return false;
      ws.send(payload);
      return true;
    },
    bufferedBytes: () => ws.bufferedAmount,
    close: (code, reason) => ws.close(code, reason),
    terminate: () => ws.terminate(),
  };
}
