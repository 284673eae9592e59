/** Counters of one capture. The program reads them by the names of `statNames`. */
@unmanaged
export class Stats {
  packets: u64;
  octets: u64;
  truncated: u64;
  /** On an interface whose link type is not read. */
  unreadLink: u64;
  notIp: u64;
  /** More headers around it than are followed, and no IP packet among them. */
  encapTooDeep: u64;
  malformedLink: u64;
  malformedIp: u64;
  malformedTcp: u64;
  malformedUdp: u64;
  malformedIcmp: u64;
  /** Of SCTP, DCCP and UDP-Lite. */
  malformedTransport: u64;
  /** Later fragments that counted to a flow. */
  fragmentsJoined: u64;
  /** Later fragments whose first one, or its flow, was not there. */
  fragmentsOrphaned: u64;
  /** Of a tunnel, and counted to the flow outside: what is inside is no IP packet that can be seen. */
  outerNotIp: u64;
  /** The same: what is inside is cut, a fragment, or contradicts itself. */
  outerUnread: u64;
  /** The same: there are more headers around it than are followed. */
  outerTooDeep: u64;
  /** The same: too many tunnels have flows at once. */
  outerTooMany: u64;
  flows: u64;
  /** Flows that left before their time, to make room. */
  evicted: u64;
  unexpected: u64;
  late: u64;
  notStored: u64;
  /** Packets of flows that a chain ignores. Such a flow is not among `flows`. */
  ignored: u64;
}

export const stats = changetype<Stats>(memory.data(offsetof<Stats>(), 8));

/** The counters' names in the order of their places, each of eight octets. */
export const STAT_NAMES =
  "packets octets truncated unread_link not_ip encap_too_deep malformed_link malformed_ip malformed_tcp malformed_udp malformed_icmp malformed_transport fragments_joined fragments_orphaned outer_not_ip outer_unread outer_too_deep outer_too_many flows evicted unexpected late not_stored ignored";
