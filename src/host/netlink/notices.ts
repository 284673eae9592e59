import { libc, must } from "../libc.ts";
import { SOCK_CLOEXEC, SOCK_NONBLOCK, SOCK_RAW } from "../socket_type.ts";
import { AF_NETLINK, NETLINK } from "./socket.ts";

/** What rtnetlink sends notices of, as bits (rtnetlink(7)). */
export const NOTICES = {
  links: 0x1,
  addresses4: 0x10,
  routes4: 0x40,
  rules4: 0x80,
  addresses6: 0x100,
  routes6: 0x400,
  rules6: 0x40000,
} as const;

/** A socket without blocking that the kernel's notices of changes in this network namespace come to. */
export function openNotices(notices: number): number {
  const type = SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK;
  const fd = must("socket", libc.socket(AF_NETLINK, type, NETLINK.route));
  const address = new Uint8Array(new Uint32Array([AF_NETLINK, 0, notices]).buffer);
  try {
    must("bind", libc.bind(fd, address, address.length));
  } catch (error) {
    libc.close(fd);
    throw error;
  }
  return fd;
}
