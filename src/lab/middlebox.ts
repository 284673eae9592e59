/** How a rule speaks of the targets of its middlebox in one family. */
export interface Match {
  /** The family's name in a statement: `ip ecn set ce`. */
  readonly ip: "ip" | "ip6";
  /** Matches packets to the targets. */
  readonly to: string;
  /** Matches packets from the targets. */
  readonly from: string;
}

/** Something on the path that treats some packets in a way of its own. */
export interface Middlebox {
  /** Lower case letters and dashes. */
  readonly name: string;
  /** What it does; one line without a full stop. */
  readonly summary: string;
  /** Its nftables rules, each a line, for one family. */
  rules(match: Match): readonly string[];
}

/** TCP flags that tell the kinds of SYN apart; nftables calls ECE `ecn`. */
const FLAGS = "tcp flags & (syn|ack|ecn|cwr) ==";
const PLAIN_SYN = `${FLAGS} syn`;
const ECN_SYN = `${FLAGS} (syn|ecn|cwr)`;
const ECN_SYN_ACK = `${FLAGS} (syn|ack|ecn)`;

/** Every kind of middlebox. The position in this list decides which targets lie behind it. */
export const MIDDLEBOXES = [
  {
    name: "transparent",
    summary: "lets everything through as it is",
    rules: () => [],
  },
  {
    name: "drop-all",
    summary: "drops everything",
    rules: ({ to }) => [`${to} drop`],
  },
  {
    name: "drop-ecn-syn",
    summary: "drops SYNs that ask for ECN",
    rules: ({ to }) => [`${to} ${ECN_SYN} drop`],
  },
  {
    name: "drop-ecn-syn-ack",
    summary: "drops SYN-ACKs that agree to ECN",
    rules: ({ from }) => [`${from} ${ECN_SYN_ACK} drop`],
  },
  {
    name: "drop-plain-syn",
    summary: "drops SYNs that do not ask for ECN",
    rules: ({ to }) => [`${to} ${PLAIN_SYN} drop`],
  },
  {
    name: "refuse",
    summary: "answers every SYN with RST",
    rules: ({ to }) => [`${to} tcp flags & syn == syn reject with tcp reset`],
  },
  {
    name: "refuse-ecn-syn",
    summary: "answers SYNs that ask for ECN with RST",
    rules: ({ to }) => [`${to} ${ECN_SYN} reject with tcp reset`],
  },
  {
    name: "unreachable",
    summary: "answers everything with ICMP administratively prohibited",
    rules: ({ to }) => [`${to} reject with icmpx admin-prohibited`],
  },
  {
    name: "strip-flags",
    summary: "takes ECE and CWR off the SYN",
    rules: ({ to }) => [`${to} ${ECN_SYN} tcp flags set syn`],
  },
  {
    name: "reflect",
    summary: "gives back the flags of the SYN in the SYN-ACK: ECE and CWR",
    // Not `@th,104,8 set`: nftables does not correct the checksum for a raw write.
    rules: ({ from }) => [`${from} ${ECN_SYN_ACK} tcp flags set syn|ack|ecn|cwr`],
  },
  {
    name: "clear-ecn",
    summary: "clears the ECN field both ways",
    rules: ({ ip, to, from }) => [to, from].map((match) => `${match} ${ip} ecn set not-ect`),
  },
  {
    name: "set-ce",
    summary: "marks ECT packets with CE on the way back",
    rules: ({ ip, from }) => [`${from} ${ip} ecn { ect0, ect1 } ${ip} ecn set ce`],
  },
] as const satisfies readonly Middlebox[];

/** The name of a kind of middlebox. */
export type MiddleboxName = typeof MIDDLEBOXES[number]["name"];

/** The targets behind one middlebox, in one family. */
export interface Block {
  /** In CIDR notation. */
  readonly prefix: string;
  /** How many addresses `at` can give. */
  readonly size: number;
  /** One of the addresses, from 0. */
  at(index: number): string;
}

/**
 * Which targets lie behind a middlebox: a /24 of 10.20.0.0/17 and a /112 of the IPv6 targets. The
 * first kind, the transparent one, has the other half of the IPv4 targets to itself.
 */
export function block(name: MiddleboxName, family: 4 | 6): Block {
  const number = MIDDLEBOXES.findIndex((box) => box.name === name) + 1;
  if (family === 6) {
    const start = `fd53:7069:6465:20::${number.toString(16)}`;
    return {
      prefix: `${start}:0/112`,
      size: 65_535,
      at: (index) => `${start}:${(index + 1).toString(16)}`,
    };
  }
  if (number === 1) {
    return { prefix: "10.20.128.0/17", size: 32_512, at: (index) => spread(128, index) };
  }
  return { prefix: `10.20.${number}.0/24`, size: 254, at: (index) => spread(number, index) };
}

/** Counts through the /24s from one on, leaving out the addresses that end with 0 and 255. */
function spread(third: number, index: number): string {
  return `10.20.${third + Math.floor(index / 254)}.${index % 254 + 1}`;
}

/** The nftables script that puts every middlebox on a router. */
export function ruleset(): string {
  const rules = MIDDLEBOXES.flatMap((box: Middlebox) =>
    ([[4, "ip"], [6, "ip6"]] as const).flatMap(([family, ip]) => {
      const { prefix } = block(box.name as MiddleboxName, family);
      return box.rules({ ip, to: `${ip} daddr ${prefix}`, from: `${ip} saddr ${prefix}` });
    })
  );
  return `table inet spider {
  chain middleboxes {
    type filter hook forward priority mangle
    ${rules.join("\n    ")}
  }
}
`;
}
