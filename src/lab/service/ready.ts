import type { ServicePort } from "../../contract/service.ts";
import { addressBytes, AF_INET, AF_INET6, encodeSockaddr } from "../../host/address.ts";
import { openNamespace, within } from "../../host/enter_namespace.ts";
import { ERRNO } from "../../host/errno.ts";
import { IPPROTO_TCP, IPPROTO_UDP } from "../../host/ip_protocol.ts";
import { libc } from "../../host/libc.ts";
import {
  closeSocket,
  openSocket,
  receiveSome,
  sendSome,
  startConnect,
  takeError,
} from "../../host/socket.ts";
import { sleep } from "../../host/sleep.ts";

/** How long an answer of the same host may take, in milliseconds. */
const PATIENCE = 50;

const LOOPBACK = {
  4: [AF_INET, "127.0.0.1"],
  6: [AF_INET6, "::1"],
} as const;

const piece = new Uint8Array(2048);

/**
 * Whether a port answers on the loopback addresses of a namespace, or of this process's own for null, over both IP versions: takes a
 * connection, or answers a datagram. One over UDP without a greeting cannot be asked.
 */
export async function answers(
  name: string | null,
  { transport, port }: ServicePort,
  greeting: readonly number[] | undefined,
  families: readonly (4 | 6)[] = [4, 6],
): Promise<boolean> {
  if (transport === "udp" && greeting === undefined) return true;
  const namespace = name === null ? null : openNamespace(`/run/netns/${name}`);
  try {
    for (const [family, address] of families.map((one) => LOOPBACK[one])) {
      const protocol = transport === "tcp" ? IPPROTO_TCP : IPPROTO_UDP;
      const fd = namespace === null
        ? openSocket(protocol, family)
        : within(namespace, () => openSocket(protocol, family));
      if (fd < 0) return false;
      try {
        const begun = startConnect(fd, encodeSockaddr(addressBytes(address), port));
        if (greeting !== undefined && transport === "udp") {
          sendSome(fd, Uint8Array.from(greeting));
          if (!await comes(fd)) return false;
        } else if (begun < 0 && takeError(fd) !== 0) return false;
        else if (!await stands(fd, address, port)) return false;
      } finally {
        closeSocket(fd);
      }
    }
    return true;
  } finally {
    if (namespace !== null) libc.close(namespace);
  }
}

/** Whether something comes before long. Where nobody listens, the answer comes at once. */
async function comes(fd: number): Promise<boolean> {
  for (const end = performance.now() + PATIENCE; performance.now() < end;) {
    const received = receiveSome(fd, piece);
    if (received > 0) return true;
    if (received !== -ERRNO.EAGAIN) return false;
    await sleep(1);
  }
  return false;
}

/** Whether a connection stands: to connect once more says so. Over loopback it is decided at once. */
async function stands(fd: number, address: string, port: number): Promise<boolean> {
  const EISCONN = -106;
  for (const end = performance.now() + PATIENCE; performance.now() < end;) {
    const again = startConnect(fd, encodeSockaddr(addressBytes(address), port));
    if (again === 0 || again === EISCONN) return true;
    if (takeError(fd) !== 0) return false;
    await sleep(1);
  }
  return false;
}
