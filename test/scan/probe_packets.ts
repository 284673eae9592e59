import type { PacketSpec, TcpOptionSpec } from "../../src/contract/packet.ts";
import { type ArmPacket, ipOf } from "./probe_fixture.ts";

const transportAt = (version: 4 | 6) => version === 4 ? 20 : 40;
const data = (...octets: number[]) => Uint8Array.from(octets);
const text = (value: string) => new TextEncoder().encode(value);

/** The options of Linux's SYN, in its order. */
const SYN_OPTIONS: readonly TcpOptionSpec[] = [
  { kind: 2, data: data(5, 0xb4) },
  { kind: 4 },
  { kind: 8, data: data(0, 0, 0, 0, 0, 0, 0, 0) },
  { kind: 1 },
  { kind: 3, data: data(7) },
];

/** A SYN with the timestamps at a place of its options. */
export function syn(
  version: 4 | 6,
  ip: Parameters<typeof ipOf>[1] = {},
  options = SYN_OPTIONS,
  payload?: Uint8Array,
): ArmPacket {
  const timestamps = options.findIndex(({ kind }) => kind === 8);
  const packet: PacketSpec = {
    ip: ipOf(version, ip),
    transport: {
      kind: "tcp",
      sourcePort: 1,
      destinationPort: 2,
      flags: 0xc2,
      window: 64_240,
      options,
    },
    ...payload === undefined ? {} : { payload },
  };
  const arm = { packet, echo: { kind: "sequence" } } as const;
  return timestamps < 0 ? arm : { ...arm, timestamps };
}

/** Timestamps at an odd place, behind one octet of padding. */
export const ODD_OPTIONS: readonly TcpOptionSpec[] = [{ kind: 1 }, SYN_OPTIONS[2]!];

/** A DNS question for a name of labels, of which the token changes some letters. */
export function question(version: 4 | 6, labels: readonly string[], checksum?: 0): ArmPacket {
  const name = labels.flatMap((label) => [label.length, ...text(label)]);
  const payload = data(0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...name, 0, 0, 1, 0, 1);
  const at = transportAt(version) + 8;
  const letters = [...payload.keys()]
    .filter((i) => i >= 12 && payload[i]! >= 0x61 && payload[i]! <= 0x7a)
    .slice(0, 16).map((i) => at + i);
  return { packet: udp(version, payload, checksum), echo: { kind: "dns", idAt: at, letters } };
}

/** A datagram that carries the digits of its token behind some octets. */
export function line(version: 4 | 6, before: string, after: string, checksum?: 0): ArmPacket {
  const payload = text(`${before}${"0".repeat(16)}${after}`);
  const at = transportAt(version) + 8 + before.length;
  return { packet: udp(version, payload, checksum), echo: { kind: "text", at } };
}

function udp(version: 4 | 6, payload: Uint8Array, checksum?: 0): PacketSpec {
  return {
    ip: ipOf(version),
    transport: {
      kind: "udp",
      sourcePort: 1,
      destinationPort: 2,
      ...checksum === undefined ? {} : { checksum },
    },
    payload,
  };
}

/** An echo request with its token behind some octets. */
export function ping(version: 4 | 6, before = 0, after = 0): ArmPacket {
  const payload = new Uint8Array(before + 8 + after).fill(0x5a);
  return {
    packet: {
      ip: ipOf(version, { ttl: 255 }),
      transport: { kind: "icmp", type: version === 4 ? 8 : 128, code: 0 },
      payload,
    },
    echo: { kind: "echo", at: transportAt(version) + 8 + before },
  };
}
