import { assertEquals } from "@std/assert";
import { AF_INET, AF_INET6 } from "../../src/host/address.ts";
import { ERRNO } from "../../src/host/errno.ts";
import { libc } from "../../src/host/libc.ts";
import {
  bindToInterface,
  closeSocket,
  openSocket,
  setDscp,
  setMss,
  setTtl,
} from "../../src/host/socket.ts";
import { IPPROTO_TCP } from "../../src/host/ip_protocol.ts";

function option(fd: number, level: number, name: number): number {
  const value = new Int32Array(1);
  assertEquals(libc.getsockopt(fd, level, name, value, new Uint32Array([4])), 0);
  return value[0]!;
}

Deno.test("an arm's options stand on the socket", () => {
  const four = openSocket(IPPROTO_TCP, AF_INET);
  assertEquals(setDscp(four, AF_INET, 46), 0);
  assertEquals(option(four, 0, 1), 46 << 2);
  assertEquals(setTtl(four, AF_INET, 7), 0);
  assertEquals(option(four, 0, 2), 7);
  assertEquals(setMss(four, 600), 0);
  assertEquals(option(four, 6, 2), 600);
  closeSocket(four);

  const six = openSocket(IPPROTO_TCP, AF_INET6);
  assertEquals(setDscp(six, AF_INET6, 10), 0);
  assertEquals(option(six, 41, 67), 10 << 2);
  assertEquals(setTtl(six, AF_INET6, 9), 0);
  assertEquals(option(six, 41, 16), 9);
  closeSocket(six);
});

Deno.test("a refused option is reported by its error number", () => {
  const fd = openSocket(IPPROTO_TCP, AF_INET);
  assertEquals(setMss(fd, 1), -ERRNO.EINVAL);
  assertEquals(bindToInterface(fd, "no-such-device"), -ERRNO.ENODEV);
  closeSocket(fd);
  assertEquals(setMss(fd, 600), -ERRNO.EBADF);
});
