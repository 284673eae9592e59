/** What a chain of the module sees, and when. */
export type Sees =
  /** Nothing: its fields are the flow's own. */
  | "nothing"
  /** Every packet. */
  | "ip"
  /** Every packet whose transport header is there. */
  | "transport"
  /** TCP segments. */
  | "tcp"
  /** SYNs and SYN-ACKs, with their options read. */
  | "syn"
  /** SYN-ACKs, with their options read. */
  | "syn-ack"
  /** UDP datagrams. */
  | "udp"
  /** ICMP errors that quote a packet of the flow. */
  | "quoted"
  /** These, and ICMP messages that are the flow's own. */
  | "icmp";

/** A chain of the module: its file in `assembly/chain` has this name. */
export interface ChainRow {
  readonly name: string;
  readonly sees: Sees;
  /** It looks at the options of a SYN too. */
  readonly options?: true;
  /** Chains that are on whenever it is, declared before it: it shows what they keep. */
  readonly needs?: readonly string[];
}

/** Every chain of the module, in the order of their bits and of their fields in a record. */
export const CHAINS: readonly ChainRow[] = [
  { name: "basic", sees: "nothing" },
  { name: "tcp", sees: "tcp" },
  { name: "ecn", sees: "ip" },
  { name: "dscp", sees: "ip" },
  { name: "mss", sees: "syn" },
  { name: "tfo", sees: "syn" },
  { name: "tcpopt", sees: "syn-ack" },
  { name: "icmp", sees: "quoted" },
  { name: "udp", sees: "udp" },
  { name: "evil", sees: "ip" },
  { name: "dns", sees: "transport" },
  { name: "tcpx", sees: "tcp", options: true, needs: ["mss"] },
  { name: "icmpx", sees: "icmp" },
  { name: "part", sees: "ip" },
  { name: "timestamps", sees: "tcp" },
  { name: "ecnx", sees: "ip" },
  { name: "loss", sees: "tcp" },
  { name: "rtt", sees: "tcp" },
  { name: "http", sees: "tcp" },
  { name: "quic", sees: "udp" },
  { name: "encap", sees: "ip" },
  { name: "tls", sees: "transport" },
];
