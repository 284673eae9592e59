import { addressBytes, AF_INET, AF_INET6, encodeSockaddr } from "./address.ts";
import { libc } from "./libc.ts";
import { localEndpoint } from "./socket.ts";
import { SOCK_CLOEXEC, SOCK_DGRAM } from "./socket_type.ts";

/** Any port: nothing is sent to it. */
const PORT = 9;

/**
 * The address that packets to another one are sent from, by the routes; null when they cannot be sent.
 *
 * @param from address of this host that they are to be sent from, which the rules may depend on;
 *   when missing the kernel chooses
 */
export function sourceAddressTo(address: string, from?: string): string | null {
  const bytes = addressBytes(address);
  const family = bytes.length === 4 ? AF_INET : AF_INET6;
  const fd = libc.socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return null;
  try {
    if (from !== undefined) {
      const local = encodeSockaddr(addressBytes(from), 0);
      if (libc.bind(fd, local, local.length) < 0) return null;
    }
    // For a datagram socket this only looks up the route
    const remote = encodeSockaddr(bytes, PORT);
    return libc.connect(fd, remote, remote.length) < 0 ? null : localEndpoint(fd).address;
  } finally {
    libc.close(fd);
  }
}
