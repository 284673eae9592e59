import type { Draft, DraftKind } from "./draft.ts";

/** A word of the packet language, and its effect on the packet of its line. */
export interface PacketWord {
  /** What follows it, such as `N`; optional ones end with `?`. */
  readonly takes?: readonly string[];
  /** The transports that it goes with; any when missing. */
  readonly only?: readonly DraftKind[];
  /** What it means; one line without a full stop. */
  readonly summary: string;
  apply(draft: Draft, values: readonly string[]): void;
}

const TCP = ["tcp"] as const;
const ICMP = ["icmp"] as const;

/** A number in decimal or, with 0x, in hexadecimal digits. Throws a `SyntaxError` for anything else. */
export function number(text: string): number {
  if (!/^(\d+(\.\d+)?|0x[0-9a-f]+)$/i.test(text)) throw new SyntaxError(`${text} is no number`);
  return Number(text);
}

function octets(text: string): Uint8Array {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(text)) {
    throw new SyntaxError(`${text} is not an even number of hexadecimal digits`);
  }
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** A word for a field of the transport header. */
function field(name: string, only: readonly DraftKind[], summary: string): PacketWord {
  return {
    takes: ["N"],
    only,
    summary,
    apply: (draft, [text]) => draft.fields[name] = number(text!),
  };
}

/** A word for a TCP option. */
function option(
  kind: number,
  takes: readonly string[],
  summary: string,
  data: (values: readonly string[]) => readonly number[] | Uint8Array = () => [],
): PacketWord {
  return {
    takes,
    only: TCP,
    summary,
    apply: ({ options }, values) =>
      options.push(kind < 2 ? { kind } : { kind, data: Uint8Array.from(data(values)) }),
  };
}

function ipField(
  name: "ttl" | "dscp" | "identification" | "flowLabel",
  summary: string,
): PacketWord {
  return { takes: ["N"], summary, apply: ({ ip }, [text]) => ip[name] = number(text!) };
}

function ecnField(codepoint: number, summary: string): PacketWord {
  return { summary, apply: ({ ip }) => ip.ecn = codepoint };
}

/** The octets of a number in network byte order. */
function big(text: string, count: number): number[] {
  const value = number(text);
  return Array.from(
    { length: count },
    (_, at) => Math.floor(value / 256 ** (count - 1 - at)) % 256,
  );
}

/** Every word but those that a line begins with, in the order of the guide. */
export const WORDS: Readonly<Record<string, PacketWord>> = {
  after: {
    takes: ["MS"],
    summary: "milliseconds since the packet before it; 1 when missing",
    apply: (draft, [text]) => draft.after = number(text!),
  },
  again: {
    summary: "sent once more: the sequence number of the packet before it that way",
    only: TCP,
    apply: (draft) => draft.again = true,
  },
  octets: {
    summary: "behind a number: that many octets of payload",
    apply: () => {
      throw new SyntaxError("a number stands before octets, as in 80 octets");
    },
  },
  data: {
    takes: ["HEX|TEXT"],
    summary: "the payload, as hexadecimal digits or as a text in double quotes",
    apply: (draft, [text]) =>
      draft.payload = text!.startsWith('"')
        ? new TextEncoder().encode(JSON.parse(text!) as string)
        : octets(text!),
  },
  from: {
    takes: ["ADDRESS"],
    summary: "source address, such as that of a router",
    apply: ({ ip }, [text]) => ip.source = text!,
  },
  to: {
    takes: ["ADDRESS"],
    summary: "destination address",
    apply: ({ ip }, [text]) => ip.destination = text!,
  },
  ttl: ipField("ttl", "time to live, or hop limit; 64 when missing"),
  dscp: ipField("dscp", "differentiated services codepoint, 0 to 63"),
  ect0: ecnField(2, "ECN field ECT(0)"),
  ect1: ecnField(1, "ECN field ECT(1)"),
  ce: ecnField(3, "ECN field CE"),
  id: ipField("identification", "IPv4 identification; 0 when missing"),
  evil: { summary: "IPv4: the reserved flag", apply: ({ ip }) => ip.reserved = true },
  nodf: { summary: "IPv4: without don't fragment", apply: ({ ip }) => ip.dontFragment = false },
  label: ipField("flowLabel", "IPv6 flow label"),
  sport: field("sourcePort", ["tcp", "udp"], "source port"),
  dport: field("destinationPort", ["tcp", "udp"], "destination port"),
  seq: field(
    "sequence",
    TCP,
    "sequence number; the client's begin with 1000, the server's with 5000",
  ),
  ack: field("acknowledgment", TCP, "acknowledgment number"),
  win: field("window", TCP, "window; 64240 when missing"),
  urgent: field("urgent", TCP, "urgent pointer"),
  flags: field("flags", TCP, "the flags as a number"),
  reserved: field("reserved", TCP, "the four bits before CWR, of which the lowest is AE"),
  offset: field("dataOffset", TCP, "data offset in words of 32 bits, right or wrong"),
  sum: field("checksum", ["tcp", "udp", "icmp"], "checksum, right or wrong; 0 in UDP is none"),
  ecn: {
    summary: "asks for ECN (ECE and CWR) on a SYN, agrees to it (ECE) on a SYN-ACK",
    only: TCP,
    apply: ({ fields }) => {
      const { flags = 0 } = fields;
      if ((flags & SYN) === 0) throw new SyntaxError("ecn goes with a SYN or SYN-ACK");
      fields.flags = flags | ECE | ((flags & ACK) === 0 ? CWR : 0);
    },
  },
  mss: option(2, ["N"], "option: maximum segment size", ([text]) => big(text!, 2)),
  ws: option(3, ["N"], "option: window scale", ([text]) => big(text!, 1)),
  sackok: option(4, [], "option: selective acknowledgments permitted"),
  ts: option(
    8,
    ["VALUE", "ECHO"],
    "option: timestamps",
    ([value, echo]) => [...big(value!, 4), ...big(echo!, 4)],
  ),
  tfo: option(
    34,
    ["HEX?"],
    "option: Fast Open with a cookie, or asking for one",
    ([hex = ""]) => octets(hex),
  ),
  nop: option(1, [], "option: no operation"),
  eol: option(0, [], "option: end of the list"),
  option: {
    takes: ["KIND", "HEX?"],
    only: TCP,
    summary: "any option, with what it holds",
    apply: ({ options }, [kind, hex = ""]) =>
      options.push({ kind: number(kind!), data: octets(hex) }),
  },
  length: field("length", ["udp"], "UDP length, right or wrong"),
  code: field("code", ICMP, "ICMP code"),
  rest: field("rest", ICMP, "the four octets behind the ICMP checksum"),
  quote: {
    takes: ["N"],
    only: ICMP,
    summary: "octets of the packet that an ICMP error quotes; 0 for none",
    apply: (draft, [text]) => draft.quote = number(text!),
  },
};

const SYN = 0x02;
const ACK = 0x10;
const ECE = 0x40;
const CWR = 0x80;

/** Letters of TCP flags, and `.` for ACK as tcpdump writes it. */
const FLAGS: Readonly<Record<string, number>> = {
  F: 0x01,
  S: SYN,
  R: 0x04,
  P: 0x08,
  A: ACK,
  ".": ACK,
  U: 0x20,
  E: ECE,
  C: CWR,
};

/** The flags that a word of letters stands for, `-` for none; null when it is no such word. */
export function flagsOf(word: string): number | null {
  if (word === "-") return 0;
  let flags = 0;
  for (const letter of word) {
    const flag = FLAGS[letter];
    if (flag === undefined || (flags & flag) !== 0) return null;
    flags |= flag;
  }
  return flags;
}

/** ICMP messages by name: type and code over IPv4 and over IPv6, and whether it quotes a packet. */
export const MESSAGES: Readonly<
  Record<
    string,
    {
      readonly 4: readonly [number, number];
      readonly 6: readonly [number, number];
      readonly error: boolean;
    }
  >
> = {
  unreachable: { 4: [3, 1], 6: [1, 3], error: true },
  prohibited: { 4: [3, 13], 6: [1, 1], error: true },
  "too-big": { 4: [3, 4], 6: [2, 0], error: true },
  exceeded: { 4: [11, 0], 6: [3, 0], error: true },
  echo: { 4: [8, 0], 6: [128, 0], error: false },
  reply: { 4: [0, 0], 6: [129, 0], error: false },
};
