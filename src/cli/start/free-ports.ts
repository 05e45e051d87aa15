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

/** A port that is held until all of them are, so that none is asked for twice. */
interface HeldPort {
  readonly flag: string;
  readonly port: number;
  readonly stop: () => void;
}

/** @throws ListenError, or CommandError when another flag has the port already */
function holdPort(
  address: ApiAddress,
  flags: typeof API_FLAGS,
  held: readonly HeldPort[],
): HeldPort {
  const { port } = address;
  try {
    const { server } = listenAt(address, flags, (at) =>
      Bun.serve({
        hostname: at.host,
        port: at.port,
        fetch: () => new Response(null, { status: 503 }),
      }),
    );
    return { flag: flags.port, port, stop: () => void server.stop(true) };
  } catch (error) {
    // Port 0 is a free one, another one for each.
    const other = held.find((one) => one.port === port && port !== 0);
    if (!(error instanceof ListenError && other !== undefined)) throw error;
    const words = `${other.flag} and ${flags.port} are both ${port}`;
    throw new CommandError(EXIT.USAGE, `${words}: choose another for one of them`);
  }
}

/**
 * Listens at all of them for a moment.
 * @param secure HTTPS beside the API; null for none
 * @throws PeerPortError, ListenError, or CommandError when two of them are one port
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
  const held: HeldPort[] = [{ flag: "--port", port: peer.port, stop: () => listener.stop() }];
  const hold = (address: ApiAddress, flags: typeof API_FLAGS) =>
    held.push(holdPort(address, flags, held));
  try {
    hold(api, API_FLAGS);
    if (secure === null) return;
    const { host, plan } = secure;
    hold({ host, port: plan.httpsPort }, HTTPS_FLAGS);
    if (plan.httpPort !== null) hold({ host, port: plan.httpPort }, FRONT_FLAGS);
  } finally {
    for (const { stop } of held) stop();
  }
}
