/**
 * SYNs that were made before, sent on a raw socket, and what comes back, received on another: `probes_main.ts JSON`, see {@linkcode ProbeWork}; the file has an address a line. Writes as
 * JSON how many were answered by SYN-ACK, and in how many seconds.
 */
import { PacketBuilder } from "../../../src/connect/transport/packet_builder.ts";
import { synPacket } from "../../../src/connect/transport/syn.ts";
import { addressBytes, AF_INET, encodeSockaddr } from "../../../src/host/address.ts";
import { IPPROTO_RAW, IPPROTO_TCP } from "../../../src/host/ip_protocol.ts";
import { libc, must } from "../../../src/host/libc.ts";
import { receiveSome } from "../../../src/host/socket.ts";
import type { ProbeWork } from "./bare.ts";

const SOCK_RAW_CLOEXEC_NONBLOCK = 0o2004003;
const SOL_SOCKET = 1;
const SO_RCVBUFFORCE = 33;
const ROOM = 16 << 20;
const SYN_ACK = 0x12;
const FIRST_PORT = 1024;
/** Packets after which answers are looked for. */
const BATCH = 64;
/** How long the last answers are waited for, in milliseconds. */
const WAIT = 1000;

const { source, rounds, path }: ProbeWork = JSON.parse(Deno.args[0]!);
const addresses = Deno.readTextFileSync(path).trimEnd().split("\n");
const builder = new PacketBuilder();
const packets = Array.from({ length: rounds }, (_, round) =>
  addresses.map((address) => {
    const local = { address: source, port: FIRST_PORT + round };
    const { octets } = builder.build(synPacket(local, { address, port: 80 }, {}));
    return { octets: octets.slice(), remote: encodeSockaddr(addressBytes(address), 0) };
  })).flat();

const sender = must("socket", libc.socket(AF_INET, SOCK_RAW_CLOEXEC_NONBLOCK, IPPROTO_RAW));
const ear = must("socket", libc.socket(AF_INET, SOCK_RAW_CLOEXEC_NONBLOCK, IPPROTO_TCP));
libc.setsockopt(ear, SOL_SOCKET, SO_RCVBUFFORCE, new Int32Array([ROOM]), 4);
const packet = new Uint8Array(1 << 16);
const words = new DataView(packet.buffer);
/** Flows that were answered: the target's address and our port, in one number. */
const answered = new Set<number>();

const begin = performance.now();
let last = begin;
for (let at = 0; at < packets.length; at++) {
  const { octets, remote } = packets[at]!;
  libc.sendto(sender, octets, BigInt(octets.length), 0, remote, remote.length);
  if (at % BATCH === 0) receive();
}
while (answered.size < packets.length && performance.now() < last + WAIT) receive();
console.log(JSON.stringify({ answered: answered.size, seconds: (last - begin) / 1000 }));

/** Takes what has come. */
function receive(): void {
  const before = answered.size;
  while (receiveSome(ear, packet) > 0) {
    const header = (packet[0]! & 15) * 4;
    if ((packet[header + 13]! & SYN_ACK) !== SYN_ACK) continue;
    answered.add(words.getUint32(12) * 65536 + words.getUint16(header + 2));
  }
  if (answered.size > before) last = performance.now();
}
