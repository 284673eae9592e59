import type { PacketSpec, TcpOptionSpec, TcpSpec } from "../../contract/packet.ts";
import { optionField } from "./option_field.ts";

/** One kind of packet that is sent along a path. */
export interface LocateArm {
  /** A word for records, unique within the feature. */
  readonly name: string;
  /** Infix of this arm's conditions after the feature's name; often empty. */
  readonly part: string;
  /** The fields in which its packets differ from those of the baseline: what the feature is. */
  readonly fields: readonly string[];
  /** The packet, from a plain SYN. */
  make(syn: PacketSpec): PacketSpec;
}

/** Something that packets can carry, to be localised along a path. */
export interface Feature {
  /** As it is written: `dscp:46`. */
  readonly name: string;
  /** The first is the baseline. */
  readonly arms: readonly [LocateArm, ...LocateArm[]];
  /** The IP versions that have it. */
  readonly versions: readonly (4 | 6)[];
}

/** How features are written, for help and messages. */
export const FEATURES = [
  "ecn",
  "dscp:1-63",
  "mss[:OCTETS]",
  "tcpopt:2-255",
  "tfo",
  "evilbit",
] as const;

const BOTH = [4, 6] as const;
const MSS = 2;
const FASTOPEN = 34;
const ECT0 = 2;
const ECE = 0x40;
const CWR = 0x80;

/** What TCP options hold that a SYN may carry; those that are not here hold two zeros. */
const OPTIONS: ReadonlyMap<number, readonly number[]> = new Map([
  [3, [7]],
  [4, []],
  [FASTOPEN, []],
  // MP_CAPABLE of MPTCP version 1, with SHA-256 (RFC 8684, section 3.1)
  [30, [0x01, 0x01]],
  // Experiments with the identifier of Fast Open (RFC 6994; RFC 7413, section 4.1.1)
  [253, [0xf9, 0x89]],
  [254, [0xf9, 0x89]],
]);

/** A made-up cookie, as long as those of Linux; data that asks for a page. */
const COOKIE = [0x73, 0x70, 0x69, 0x64, 0x65, 0x72, 0x21, 0x21];
const DATA = new TextEncoder().encode("GET / HTTP/1.0\r\n\r\n");

/** A feature from its text, or what is wrong with the text, as text that follows it. */
export function readFeature(text: string): Feature | string {
  const [kind, given, more] = text.split(":");
  if (more !== undefined) return "has two colons";
  const value = given === undefined ? undefined : /^\d{1,5}$/.test(given) ? Number(given) : NaN;
  if (kind === "dscp") {
    return inRange(value, 1, 63) ? dscp(value) : "needs a codepoint from 1 to 63, as dscp:46";
  }
  if (kind === "tcpopt") {
    return inRange(value, 2, 255) ? tcpopt(value) : "needs a kind from 2 to 255, as tcpopt:8";
  }
  if (kind === "mss") {
    if (value === undefined) return mss(null);
    return inRange(value, 1, 65_535) ? mss(value) : "takes octets from 1 to 65535, as mss:1460";
  }
  const make = kind === "ecn" ? ecn : kind === "tfo" ? tfo : kind === "evilbit" ? evilbit : null;
  if (make === null) return `is not one of ${FEATURES.join(", ")}`;
  return given === undefined ? make() : "takes no value";
}

function inRange(value: number | undefined, least: number, most: number): value is number {
  return value !== undefined && value >= least && value <= most;
}

/**
 * The SYN that asks for ECN, and the ECN field: each alone, since a middlebox may react to each
 * alone.
 */
function ecn(): Feature {
  return {
    name: "ecn",
    versions: BOTH,
    arms: [
      plain("no_ecn"),
      {
        name: "ecn",
        part: "",
        fields: ["flags"],
        make(syn) {
          const tcp = tcpOf(syn.transport);
          return { ...syn, transport: { ...tcp, flags: tcp.flags | ECE | CWR } };
        },
      },
      {
        name: "ect0",
        part: "ect0",
        fields: ["ecn"],
        make: (syn) => ({ ...syn, ip: { ...syn.ip, ecn: ECT0 } }),
      },
    ],
  };
}

function dscp(codepoint: number): Feature {
  return {
    name: `dscp:${codepoint}`,
    versions: BOTH,
    arms: [
      plain("no_dscp"),
      {
        name: `dscp_${codepoint}`,
        part: "",
        fields: ["dscp"],
        make: (syn) => ({ ...syn, ip: { ...syn.ip, dscp: codepoint } }),
      },
    ],
  };
}

function evilbit(): Feature {
  return {
    name: "evilbit",
    versions: [4],
    arms: [
      plain("no_evil"),
      {
        name: "evil",
        part: "",
        fields: ["evil"],
        make: (syn) => ({ ...syn, ip: { ...syn.ip, reserved: true } }),
      },
    ],
  };
}

/** @param octets null for what the interface would announce */
function mss(octets: number | null): Feature {
  const name = octets === null ? "mss" : `mss:${octets}`;
  const data = octets === null ? null : [octets >> 8, octets & 0xff];
  return { name, versions: BOTH, arms: optionArms(MSS, data, "no_mss", "mss") };
}

function tcpopt(kind: number): Feature {
  return {
    name: `tcpopt:${kind}`,
    versions: BOTH,
    arms: optionArms(kind, null, `no_option_${kind}`, `option_${kind}`),
  };
}

/** The request for a cookie (RFC 7413, section 4.1.2), and data in the SYN with one. */
function tfo(): Feature {
  const [none, cookie] = optionArms(FASTOPEN, null, "no_tfo", "tfo_cookie");
  const [, data] = optionArms(FASTOPEN, COOKIE, "", "tfo_data");
  return {
    name: "tfo",
    versions: BOTH,
    arms: [none, cookie, {
      ...data,
      part: "data",
      make: (syn) => ({ ...data.make(syn), payload: DATA }),
    }],
  };
}

/** A SYN without an option and the same one with it. */
function optionArms(
  kind: number,
  data: readonly number[] | null,
  without: string,
  name: string,
): [LocateArm, LocateArm] {
  return [
    {
      ...plain(without),
      make: (syn) => withOptions(syn, (options) => options.filter(other(kind))),
    },
    {
      name,
      part: "",
      fields: [optionField(kind)],
      make: (syn) =>
        withOptions(syn, (options) => {
          const own = options.find((option) => option.kind === kind);
          const octets = data ?? own?.data ?? OPTIONS.get(kind) ?? [0, 0];
          const option = { kind, data: Uint8Array.from(octets) };
          if (own !== undefined) return options.map((old) => old === own ? option : old);
          return [...options, option];
        }),
    },
  ];
}

function plain(name: string): LocateArm {
  return { name, part: "baseline", fields: [], make: (syn) => syn };
}

function other(kind: number): (option: TcpOptionSpec) => boolean {
  return (option) => option.kind !== kind;
}

function withOptions(
  syn: PacketSpec,
  change: (options: readonly TcpOptionSpec[]) => readonly TcpOptionSpec[],
): PacketSpec {
  const tcp = tcpOf(syn.transport);
  return { ...syn, transport: { ...tcp, options: change(tcp.options ?? []) } };
}

function tcpOf(transport: PacketSpec["transport"]): TcpSpec {
  if (transport.kind !== "tcp") throw new TypeError("a SYN is TCP");
  return transport;
}
