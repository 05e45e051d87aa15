// Two listeners on one port, while a certificate is exchanged: the kernel gives new connections to
// one of them by chance, and resets those that the old one has not yet accepted when it closes
// (measured: one to three at each exchange under 1,500 new connections a second). A one-line filter
// on the port sends all to the newer one, so that the old one has none left when it goes. Linux
// with glibc or musl; elsewhere the chance remains.

import { ptr } from "bun:ffi";
import { listeningDescriptors, setSocketOption } from "../../net/listening-sockets.ts";

const SOL_SOCKET = 1;
const SO_ATTACH_REUSEPORT_CBPF = 51;
/** BPF_RET | BPF_K: answer a constant. */
const BPF_RETURN = 0x06;
/** Listeners of a port are counted in the order they came; with one, the kernel takes that. */
const NEWER = 1;
const OLDER = 0;

/** Has new connections go to the newer of two listeners; false where that can't be done. */
export function steerToNewer(port: number): boolean {
  return steer(port, NEWER);
}

/** Has new connections go to the older of two listeners; false where that can't be done. */
export function steerToOlder(port: number): boolean {
  return steer(port, OLDER);
}

function steer(port: number, which: number): boolean {
  const [descriptor] = listeningDescriptors(port);
  if (descriptor === undefined) return false;
  const filter = new DataView(new ArrayBuffer(8));
  filter.setUint16(0, BPF_RETURN, true);
  filter.setUint32(4, which, true);
  const program = new DataView(new ArrayBuffer(16));
  program.setUint16(0, 1, true);
  program.setBigUint64(8, BigInt(ptr(filter)), true);
  return setSocketOption(descriptor, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, program);
}
