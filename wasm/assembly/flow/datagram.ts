import { Packet } from "../packet.ts";
import { headerProtocol } from "../wire/ipv4.ts";
import { identityOf } from "./encapsulations.ts";
import { hashIn } from "./key.ts";

/**
 * What all fragments of a packet share: what is around them, version, addresses, identification and in IPv4 the protocol
 * (RFC 791, section 2.3; in IPv6 the protocol is the first fragment's, RFC 8200, section 4.5). What is
 * kept of fragments begins with it. An unused one has version 0.
 */
@unmanaged
export class Datagram {
  source0: u64;
  source1: u64;
  destination0: u64;
  destination1: u64;
  identification: u32;
  keyProtocol: u8;
  version: u8;
  /** The list of headers around it that tells packets apart. */
  encapsulation: u16;
  /** Time of the fragment that it was kept of, nanoseconds since 1970. */
  time: u64;
}

/**
 * How long it is good, in nanoseconds of packet time: 30 s, as Linux waits for IPv4 (ipfrag_time). The
 * standards allow 60 s and more (RFC 1122, section 3.3.2; RFC 8200, section 4.5), but an identification of 16 bits
 * comes again in seconds (RFC 4963), and a fragment must not count to another packet's flow.
 */
const LIFE: i64 = 30_000_000_000;

const wanted = changetype<Datagram>(memory.data(offsetof<Datagram>(), 8));

/** Makes a fragment's packet the one that is looked for; its hash. */
export function identify(packet: Packet): u32 {
  if (packet.version == 4) {
    wanted.source0 = load<u32>(packet.source);
    wanted.source1 = 0;
    wanted.destination0 = load<u32>(packet.destination);
    wanted.destination1 = 0;
    wanted.keyProtocol = headerProtocol(packet.ip);
  } else {
    wanted.source0 = load<u64>(packet.source);
    wanted.source1 = load<u64>(packet.source, 8);
    wanted.destination0 = load<u64>(packet.destination);
    wanted.destination1 = load<u64>(packet.destination, 8);
    wanted.keyProtocol = 0;
  }
  wanted.version = packet.version;
  wanted.encapsulation = identityOf(packet.encapsulation);
  wanted.identification = packet.identification;
  wanted.time = packet.time;
  return hashIn(changetype<usize>(wanted));
}

/** Whether something was kept of the packet that is looked for. */
export function isWanted(kept: usize): bool {
  const at = changetype<usize>(wanted);
  return load<u64>(kept) == load<u64>(at) && load<u64>(kept, 8) == load<u64>(at, 8) &&
    load<u64>(kept, 16) == load<u64>(at, 16) && load<u64>(kept, 24) == load<u64>(at, 24) &&
    load<u64>(kept, 32) == load<u64>(at, 32);
}

/** Begins what is kept with the packet that is looked for, and its fragment's time. */
export function identifyKept(kept: usize): void {
  memory.copy(kept, changetype<usize>(wanted), offsetof<Datagram>());
}

/** Whether what was kept is good for a fragment of a time, which may fall back a little. */
export function isGood(kept: usize, time: u64): bool {
  const age = i64(time - changetype<Datagram>(kept).time);
  return age <= LIFE && age >= -LIFE;
}
