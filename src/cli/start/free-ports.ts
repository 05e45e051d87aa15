// Whether the ports that a peer is to serve can be had: asked before it joins a network, or begins
// one, so that a port which another program has costs nothing and leaves nothing behind.

import { Listener } from "../../net/listener.ts";
import { SharedBuffer } from "../../net/shared-buffer.ts";
import { SYSTEM_CLOCK } from "../../peer/clock.ts";
import type { PeerAddress } from "../../peer/connections/peer-address.ts";
import { API_FLAGS, type ApiAddress, ListenError, listenAt } from "../../rest/server.ts";
import { HTTPS_FLAGS } from "../../rest/tls/secure-listener.ts";
import { FRONT_FLAGS, type SecureOptions } from "../api/secure-surface.ts";
import { CommandError, EXIT } from "../failure.ts";

/** Nobody stays connected to a port that is only tried. */
const NO_MEMORY = { reading: new SharedBuffer(0, 0), writing: new SharedBuffer(0, 0) };

/** Listens for a moment. @throws ListenError */
function tryPort(address: ApiAddress, flags: typeof API_FLAGS): void {
  const { server } = listenAt(address, flags, ({ host: hostname, port }) =>
    Bun.serve({ hostname, port, fetch: () => new Response(null, { status: 503 }) }),
  );
  void server.stop(true);
}

/**
 * Listens at all of them for a moment.
 * @param secure HTTPS beside the API; null for none
 * @throws PeerPortError, ListenError, or CommandError when those of peers and API are one port
 */
export function requireFreePorts(
  peer: PeerAddress,
  api: ApiAddress,
  secure: Pick<SecureOptions, "plan" | "host"> | null = null,
): void {
  const listener = new Listener({
    ...peer,
    clock: SYSTEM_CLOCK,
    memory: NO_MEMORY,
    accept: (link) => link.close("not yet served"),
  });
  try {
    tryPort(api, API_FLAGS);
  } catch (error) {
    // Port 0 is a free one, another one for each.
    const isOnePort = api.port === peer.port && api.port !== 0;
    if (!(error instanceof ListenError) || !isOnePort) throw error;
    const why = `--port and --api-port are both ${api.port}`;
    throw new CommandError(EXIT.USAGE, `${why}: choose another for one of them`);
  } finally {
    listener.stop();
  }
  if (secure === null) return;
  const { host, plan } = secure;
  tryPort({ host, port: plan.httpsPort }, HTTPS_FLAGS);
  if (plan.httpPort !== null) tryPort({ host, port: plan.httpPort }, FRONT_FLAGS);
}
