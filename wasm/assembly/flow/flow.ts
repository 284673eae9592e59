/** Nobody's: on the free list. */
export const FREE: u8 = 0;
/** In the table, not complete. */
export const ACTIVE: u8 = 1;
/** The same, and a host has acknowledged what only a connection that both sides know has. */
export const ESTABLISHED: u8 = 2;
/** The same, and segments are held aside that may be of the next connection (see reuse.ts). */
export const HOLDING: u8 = 3;
/** Complete, and still in the table for late packets. */
export const COMPLETE: u8 = 4;
/** Its record was taken; it stays to swallow late packets. */
export const RELEASED: u8 = 5;
/** Out of the table, waiting to be written. */
export const DONE: u8 = 6;
/** A chain wants nothing of it; it stays to swallow its packets. */
export const IGNORED: u8 = 7;

/** The lower endpoint of the key sent the flow's first packet. */
export const FORWARD_IS_LOW: u8 = 1;
/** The program waits for this flow by name; no timer ends it. */
export const EXPECTED: u8 = 2;
/** The first packet in reverse completes it: what began it is a single packet. */
export const ANSWER_ENDS: u8 = 4;
/** It takes the place of an earlier flow, whose packets may still come (see successor.ts). */
export const FOLLOWS: u8 = 8;
/** It follows another one, and `initialSequence` is still that one's. */
export const AWAITS_SYN: u8 = 16;
/** Another connection has its ports now, whose packets are not its own (see successor.ts). */
export const SUCCEEDED: u8 = 32;
/** Noted by the chain dns, for itself: over TCP some payload came in reverse. */
export const PAYLOAD_REVERSE: u8 = 64;
/** Records of its earlier parts were written (see parts.ts). */
export const CONTINUES: u8 = 128;

/** What was seen of a flow's end, as bits of `Flow.ends`, and that a connection was established. */
export const FIN_FORWARD: u8 = 1;
export const FIN_REVERSE: u8 = 2;
export const RST_FORWARD: u8 = 4;
export const RST_REVERSE: u8 = 8;
/** Noted by the chain tcp, for itself. */
export const CONNECTED: u8 = 16;
/** What of them holds for later parts of the flow too. */
export const LASTING: u8 = FIN_FORWARD | FIN_REVERSE | RST_FORWARD | RST_REVERSE | CONNECTED;
/** Noted by the chain icmp, for itself. */
export const UNREACHABLE_REVERSE: u8 = 32;
export const UNREACHABLE_FORWARD: u8 = 64;
/** Noted by the chain dns, for itself. */
export const ANSWERED: u8 = 128;

/**
 * One flow. Its first 40 octets are its key, the two endpoints in a fixed order (see `Key`); what
 * the chains keep follows behind (see chain/registry.ts). With those of tcp and ecn it is two cache
 * lines, at which it then begins: a packet costs that many reads of far memory in a large table.
 */
@unmanaged
export class Flow {
  low0: u64;
  low1: u64;
  high0: u64;
  high1: u64;
  lowPort: u16;
  highPort: u16;
  protocol: u8;
  version: u8;
  encapsulation: u16;
  state: u8;
  marks: u8;
  ends: u8;
  slot: u8;
  previous: usize;
  next: usize;
  /** Sequence number of the first SYN, not SYN-ACK, which tells the connection apart from others on its ports. */
  initialSequence: u32;
  /**
   * Time of the last packet, of the first, and of completion, or of the last segment that is held aside;
   * nanoseconds since 1970. Before the first packet of an expected flow `first` is when its connection began.
   */
  last: u64;
  first: u64;
  completed: u64;
  packetsForward: u64;
  packetsReverse: u64;
  octetsForward: u64;
  octetsReverse: u64;
}

/** Octets of the part that every flow has. */
export const FLOW_SIZE: usize = offsetof<Flow>();

/** Whether a flow of the table is neither complete nor passed over. */
export function isActive(flow: Flow): bool {
  return flow.state < COMPLETE;
}
