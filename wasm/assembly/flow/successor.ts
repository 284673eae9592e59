import { LATER, Packet } from "../packet.ts";
import { isBefore } from "../wire/sequence.ts";
import * as tcp from "../wire/tcp.ts";
import { ANSWER_ENDS, AWAITS_SYN, EXPECTED, Flow, FOLLOWS, RELEASED, SUCCEEDED } from "./flow.ts";

// A program may connect again from the same port to the same place at once. Packets of the earlier
// connection then still come: its RST that was not read yet, its SYN that was sent once more, the
// answer of a slow server, which the kernel refuses with a RST of its own. None of them may count to
// the new connection. They are identified by sequence numbers: those that a kernel begins with grow
// with time for the same addresses and ports (RFC 6528, section 3), so that whatever acknowledges or
// continues the earlier connection lies before the new one's first number.

/**
 * Marks a flow as one that takes the place of an earlier one, whose record was taken.
 *
 * @param initialSequence the earlier one's; 0 where it has left the table, and sends no SYN again
 */
export function follow(at: usize, released: u8, initialSequence: u32): void {
  const flow = changetype<Flow>(at);
  if (flow.protocol != tcp.PROTOCOL || released != RELEASED) return;
  flow.marks |= FOLLOWS | AWAITS_SYN;
  flow.initialSequence = initialSequence;
}

/** Whether a packet belongs to the connection before this flow. Notes the flow's own first SYN. */
export function isOfEarlier(flow: Flow, packet: Packet, reverse: bool): bool {
  if ((flow.marks & FOLLOWS) == 0 || packet.transport == 0) return false;
  if (flow.marks & AWAITS_SYN) {
    const opens = !reverse && (packet.flags & (tcp.SYN | tcp.ACK)) == tcp.SYN;
    if (!opens || tcp.sequence(packet.transport) == flow.initialSequence) return true;
    flow.marks &= ~AWAITS_SYN;
    flow.initialSequence = tcp.sequence(packet.transport);
    return false;
  }
  if (!reverse) return isBefore(tcp.sequence(packet.transport), flow.initialSequence);
  return (packet.flags & tcp.ACK) != 0 &&
    !isBefore(flow.initialSequence, tcp.acknowledgment(packet.transport));
}

/**
 * Whether an expected flow's packet was captured before its connection began. It waited to be read,
 * and is of another program's connection, which had the same ports just before.
 */
export function isBeforeBegin(flow: Flow, packet: Packet): bool {
  return packet.time < flow.first && flow.packetsForward + flow.packetsReverse == 0;
}

/**
 * Whether a packet belongs to a connection after an expected flow's: the flow's socket may be closed
 * while its record still waits for late answers, and another program may have got its ports. The SYN
 * of another connection has another sequence number. What is forged may have several.
 */
export function isOfLater(flow: Flow, packet: Packet, reverse: bool): bool {
  if (flow.marks & SUCCEEDED) return true;
  if ((flow.marks & (EXPECTED | ANSWER_ENDS | AWAITS_SYN)) != EXPECTED) return false;
  if (reverse || flow.initialSequence == 0 || packet.transport == 0) return false;
  if ((packet.flags & (tcp.SYN | tcp.ACK)) != tcp.SYN) return false;
  if (tcp.sequence(packet.transport) == flow.initialSequence) return false;
  flow.marks |= SUCCEEDED;
  return true;
}

/** Whether an ICMP error quotes a segment of the connection before this flow. */
export function quotesEarlier(flow: Flow, quoted: Packet, reverse: bool): bool {
  if ((flow.marks & FOLLOWS) == 0) return false;
  if (flow.marks & AWAITS_SYN) return true;
  // An error in reverse quotes what went forward
  if (!reverse || quoted.fragment == LATER || quoted.transport + 8 > quoted.end) return false;
  return isBefore(tcp.sequence(quoted.transport), flow.initialSequence);
}
