// RFC 9293, section 3.4
import { Packet } from "../packet.ts";
import { FIN, payloadLength, SYN } from "./tcp.ts";

/** Whether a sequence number lies before another one; right also where they wrap around. */
export function isBefore(a: u32, b: u32): bool {
  return i32(a - b) < 0;
}

/** Sequence numbers that a checked segment takes: those of its payload, and one each for SYN and FIN. */
export function sequenceLength(packet: Packet): u32 {
  const flags = packet.flags;
  return u32(payloadLength(packet)) + (flags & SYN ? 1 : 0) + (flags & FIN ? 1 : 0);
}
