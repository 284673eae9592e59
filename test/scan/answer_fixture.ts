import { PacketBuilder } from "../../src/connect/transport/packet_builder.ts";
import type { IcmpSpec, PacketSpec, TcpSpec } from "../../src/contract/packet.ts";
import { addressText } from "../../src/host/address.ts";
import { Answers, type AnswersOptions, type Kind } from "../../src/scan/answers.ts";
import {
  type ArmPacket,
  probeOf,
  type Run,
  targetOf,
  templateOf,
  versionOf,
} from "./probe_fixture.ts";
import { syn } from "./probe_packets.ts";

export const VERSIONS = [4, 6] as const;
/** A target of each IP version. */
export const ADDRESS = { 4: "198.51.100.7", 6: "2001:db8:1::7" } as const;

/** Two arms of SYNs, of which one asks for ECN. */
export const syns = (version: 4 | 6) => [syn(version), syn(version, { ecn: 1 })];
/** The arms over both IP versions. */
export const both = (arms: (version: 4 | 6) => readonly ArmPacket[]) => [...arms(4), ...arms(6)];

/** The run that answers are for in these tests. */
export const RUN: Run = {
  key: Uint8Array.from({ length: 16 }, (_, i) => 11 * i + 3),
  ports: { first: 40_000, last: 48_191 },
  sharesPort: false,
  sources: {
    4: ["192.0.2.1", "192.0.2.200"],
    6: ["2001:db8::1", "2001:db8:ffff::fffe"],
  },
};

export const COOLDOWN = 8000;
export const EPOCH = 1000;
export const SPREAD = 100;
/** DLT_RAW: a packet begins with its IP header. */
export const RAW = 12;

const INPUT = 1 << 20;

/** What is sent of a probe. */
export interface Sent {
  readonly arm?: number;
  readonly round?: number;
  /** When, in milliseconds. */
  readonly ms?: number;
}

const builder = new PacketBuilder();

/** A scan's answers, of the arms over the IP versions that they have. */
export function answersTo(
  arms: readonly ArmPacket[],
  more: Partial<AnswersOptions> = {},
): Answers {
  const over = (version: 4 | 6) => {
    const templates = arms.filter(({ packet }) => versionOf(packet) === version).map(templateOf);
    return templates.length === 0 ? null : templates;
  };
  return new Answers({
    ...RUN,
    templates: { 4: over(4), 6: over(6) },
    probes: 1,
    epochMs: EPOCH,
    cooldownMs: COOLDOWN,
    spreadMs: SPREAD,
    input: INPUT,
    most: 1 << 16,
    ...more,
  });
}

/** A probe to a target as it is on the wire. */
export function probe(
  arms: readonly ArmPacket[],
  row: Uint8Array,
  { arm = 0, round = 0, ms = 0 }: Sent = {},
  run: Partial<Run> = {},
): Uint8Array {
  const version = targetOf(row).address.includes(":") ? 6 : 4;
  const over = arms.filter(({ packet }) => versionOf(packet) === version);
  const epoch = Math.floor(ms / EPOCH);
  return probeOf({ ...RUN, ...run }, over[arm]!, row, { arm, round, epoch, ms });
}

/** The ends of a packet without options of IP. */
export function ends(octets: Uint8Array) {
  const six = octets[0]! >> 4 === 6;
  const [at, length] = six ? [8, 16] : [12, 4];
  const view = new DataView(octets.buffer, octets.byteOffset);
  const transport = six ? 40 : 20;
  return {
    version: six ? 6 as const : 4 as const,
    transport,
    source: addressText(octets.slice(at, at + length)),
    destination: addressText(octets.slice(at + length, at + 2 * length)),
    sourcePort: view.getUint16(transport),
    destinationPort: view.getUint16(transport + 2),
    view,
  };
}

/** The header fields of what goes back. */
function back(octets: Uint8Array): PacketSpec["ip"] {
  const { source, destination } = ends(octets);
  return { source: destination, destination: source, ttl: 55 };
}

export function build(spec: PacketSpec): Uint8Array {
  return builder.build(spec).octets.slice();
}

/** What a host says to a SYN: SYN and ACK, with its timestamps where the SYN has some. */
export function segmentFor(
  octets: Uint8Array,
  flags = 0x12,
  more: Partial<TcpSpec> & { readonly ip?: Partial<PacketSpec["ip"]> } = {},
): Uint8Array {
  const { transport, sourcePort, destinationPort, view } = ends(octets);
  const { ip = {}, ...fields } = more;
  return build({
    ip: { ...back(octets), ...ip },
    transport: {
      kind: "tcp",
      sourcePort: destinationPort,
      destinationPort: sourcePort,
      sequence: 0x1234_5678,
      acknowledgment: (view.getUint32(transport + 4) + 1) >>> 0,
      flags,
      window: 65_160,
      ...fields,
    },
  });
}

/** The timestamps option of an answer. */
export function timestamps(value: number, echoed: number): NonNullable<TcpSpec["options"]>[number] {
  const data = new Uint8Array(8);
  new DataView(data.buffer).setUint32(0, value);
  new DataView(data.buffer).setUint32(4, echoed);
  return { kind: 8, data };
}

/** A datagram back, whose payload is made of the probe's. */
export function datagramFor(
  octets: Uint8Array,
  change: (payload: Uint8Array) => Uint8Array | void = () => {},
): Uint8Array {
  const { transport, sourcePort, destinationPort } = ends(octets);
  const payload = octets.slice(transport + 8);
  return build({
    ip: back(octets),
    transport: { kind: "udp", sourcePort: destinationPort, destinationPort: sourcePort },
    payload: change(payload) ?? payload,
  });
}

/** The answer of a name server, with one record behind the question. */
export function dnsAnswerFor(
  octets: Uint8Array,
  change: (payload: Uint8Array) => Uint8Array | void = () => {},
): Uint8Array {
  return datagramFor(octets, (asked) => {
    const payload = new Uint8Array(asked.length + 16);
    payload.set(asked);
    payload[2] = 0x81;
    payload[3] = 0x80;
    payload[7] = 1;
    payload.set([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 9], asked.length);
    return change(payload) ?? payload;
  });
}

/** An echo reply. */
export function replyFor(
  octets: Uint8Array,
  change: (payload: Uint8Array) => Uint8Array | void = () => {},
): Uint8Array {
  const { transport, version, view } = ends(octets);
  const payload = octets.slice(transport + 8);
  return build({
    ip: back(octets),
    transport: {
      kind: "icmp",
      type: version === 4 ? 0 : 129,
      code: 0,
      rest: view.getUint32(transport + 4),
    },
    payload: change(payload) ?? payload,
  });
}

/** An ICMP error of a router that quotes the first octets of a probe. */
export function errorFor(
  octets: Uint8Array,
  quoted = octets.length,
  icmp: Partial<IcmpSpec> = {},
): Uint8Array {
  const { version, source } = ends(octets);
  return build({
    ip: {
      source: version === 4 ? "198.51.100.99" : "2001:db8:99::1",
      destination: source,
      ttl: 60,
    },
    transport: { kind: "icmp", type: version === 4 ? 3 : 1, code: 1, rest: 0, ...icmp },
    payload: octets.slice(0, quoted),
  });
}

/** Puts packets into the input as a capture would, and has them taken. */
export function take(
  answers: Answers,
  packets: readonly Uint8Array[],
  ms = 0,
  time: (i: number) => number = () => ms,
): void {
  const { input } = answers;
  const view = new DataView(input.buffer, input.byteOffset);
  let at = 0;
  packets.forEach((packet, i) => {
    view.setUint32(at, Math.floor(time(i) / 1000), true);
    view.setUint32(at + 4, (time(i) % 1000) * 1000, true);
    view.setUint32(at + 8, packet.length, true);
    view.setUint32(at + 12, packet.length, true);
    input.set(packet, at + 16);
    at += 16 + packet.length;
  });
  answers.take(at, RAW, 1000, ms);
}

/** The kinds that were counted, without those of which there were none. */
export function counted(answers: Answers): Partial<Record<Kind, number>> {
  return Object.fromEntries(Object.entries(answers.counts).filter(([, count]) => count > 0));
}
