/**
 * Runs inside a lab: `bare_dns.ts ADDRESS...` answers DNS questions over UDP at these addresses, with
 * no records, also when they come without a checksum. Writes a line once it listens, and runs until it
 * is ended.
 */
import { addressBytes, AF_INET, AF_INET6, encodeSockaddr } from "../../src/host/address.ts";
import { Reactor, READY } from "../../src/host/reactor.ts";
import { openSocket } from "../../src/host/socket.ts";
import { IPPROTO_UDP } from "../../src/host/ip_protocol.ts";

const SOL_SOCKET = 1;
const SO_REUSEPORT = 15;
/** Takes datagrams with a checksum of zero over IPv6 too (RFC 6935, section 5). */
const UDP_NO_CHECK6_RX = 102;
const PORT = 53;

const { symbols: libc } = Deno.dlopen("libc.so.6", {
  bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
  recvfrom: {
    parameters: ["i32", "buffer", "usize", "i32", "buffer", "buffer"],
    result: "isize",
  },
  sendto: { parameters: ["i32", "buffer", "usize", "i32", "buffer", "u32"], result: "isize" },
});

const one = Int32Array.of(1);
const datagram = new Uint8Array(2048);
const peer = new Uint8Array(28);
const length = new Uint32Array(1);

function check(result: number): void {
  if (result < 0) throw new Error("the server cannot listen");
}

function answer(fd: number): void {
  while (true) {
    length[0] = peer.length;
    const size = libc.recvfrom(fd, datagram, BigInt(datagram.length), 0, peer, length);
    if (size < 0n) return;
    datagram[2]! |= 0x84; // a response, by the name's own server
    libc.sendto(fd, datagram, size, 0, peer, length[0]!);
  }
}

const reactor = new Reactor();
for (const address of Deno.args) {
  const bytes = addressBytes(address);
  const family = bytes.length === 4 ? AF_INET : AF_INET6;
  const fd = openSocket(IPPROTO_UDP, family);
  // Beside the lab's own server, which listens at all addresses: the closer match is asked
  check(libc.setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, one, 4));
  if (family === AF_INET6) check(libc.setsockopt(fd, IPPROTO_UDP, UDP_NO_CHECK6_RX, one, 4));
  const local = encodeSockaddr(bytes, PORT);
  check(libc.bind(fd, local, local.length));
  reactor.add(fd, READY.read, () => answer(fd));
}
console.log("listening");
await reactor.run();
