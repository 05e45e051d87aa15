// Whether the ports that a peer is to serve can be had: asked before it joins a network, or begins
// one, so that a port which another program has costs nothing and leaves nothing behind.

import { Listener } from "../../net/listener.ts";
import { SharedBuffer } from "../../net/shared-buffer.ts";
import { SYSTEM_CLOCK } from "../../peer/clock.ts";
import type { PeerAddress } from "../../peer/connections/peer-address.ts";
import { API_FLAGS, type ApiAddress, ListenError, listenAt } from "../../rest/server.ts";
import { CommandError, EXIT } from "../failure.ts";

/** Nobody stays connected to a port that is only tried. */
const NO_MEMORY = { reading: new SharedBuffer(0, 0), writing: new SharedBuffer(0, 0) };

/**
 * Listens at both for a moment.
 * @throws PeerPortError, ListenError, or CommandError when both are one port
 */
export function requireFreePorts(peer: PeerAddress, api: ApiAddress): void {
  const listener = new Listener({
    ...peer,
    clock: SYSTEM_CLOCK,
    memory: NO_MEMORY,
    accept: (link) => link.close("not yet served"),
  });
  try {
    const { server } = listenAt(api, API_FLAGS, ({ host: hostname, port }) =>
      Bun.serve({ hostname, port, fetch: () => new Response(null, { status: 503 }) }),
    );
    void server.stop(true);
  } catch (error) {
    // Port 0 is a free one, another one for each.
    const isOnePort = api.port === peer.port && api.port !== 0;
    if (!(error instanceof ListenError) || !isOnePort) throw error;
    const why = `--port and --api-port are both ${api.port}`;
    throw new CommandError(EXIT.USAGE, `${why}: choose another for one of them`);
  } finally {
    listener.stop();
  }
}
