import { errnoName } from "./errno.ts";
import { Failure } from "./failure.ts";
import { lastErrno, libc } from "./libc.ts";
import { cString } from "./libpcap.ts";

const RDWR_NONBLOCK_CLOEXEC = 0o2 | 0o4000 | 0o2000000;
/** linux/if_tun.h */
const TUNSETIFF = 0x400454can;
const IFF_TUN = 0x0001;
const IFF_NO_PI = 0x1000;
/** Octets of `struct ifreq`, of which the first are the name, and of a name. */
const IFREQ = 40;
const NAME = 16;

/**
 * Takes hold of a TUN interface of this network namespace by its name: what is read from the descriptor
 * was sent there, what is written is received there, whole IP packets.
 *
 * @throws {Failure} when it cannot be had
 */
export function openTun(name: string): number {
  const fd = libc.open(cString("/dev/net/tun"), RDWR_NONBLOCK_CLOEXEC);
  if (fd < 0) throw refused(name);
  const request = new Uint8Array(IFREQ);
  request.set(new TextEncoder().encode(name));
  new DataView(request.buffer).setUint16(NAME, IFF_TUN | IFF_NO_PI, true);
  if (libc.ioctl(fd, TUNSETIFF, request) >= 0) return fd;
  const failure = refused(name);
  libc.close(fd);
  throw failure;
}

function refused(name: string): Failure {
  return new Failure(
    `cannot use the TUN interface ${name} (${errnoName(lastErrno())}): tunnels take /dev/net/tun`,
  );
}
