import { PacketBuilder, protocolOf } from "../../src/connect/transport/packet_builder.ts";
import type { PacketSpec, TcpOptionSpec } from "../../src/contract/packet.ts";
import { addressBytes, addressText } from "../../src/host/address.ts";
import type { PortRange } from "../../src/host/port_range.ts";
import type { Echo, ProbeTemplate } from "../../src/scan/probe_template.ts";
import { MESSAGE } from "../../src/host/message_batch.ts";
import type { ProbeBatch } from "../../src/scan/probe_writer.ts";
import { ROW } from "../../src/scan/target_row.ts";
import { siphash24 } from "../wasm/scan/siphash_reference.ts";

/** A packet that an arm sends, and what of it differs from target to target. */
export interface ArmPacket {
  readonly packet: PacketSpec;
  readonly echo: Echo;
  /** The place of the timestamps among its TCP options. */
  readonly timestamps?: number;
}

const builder = new PacketBuilder();
/** Whatever is between these is replaced. */
const ENDS = {
  4: { source: "192.0.2.1", destination: "198.51.100.7" },
  6: { source: "2001:db8::1", destination: "2001:db8:1::7" },
} as const;

function octetsOf(packet: PacketSpec): Uint8Array {
  return builder.build(packet).octets.slice();
}

export function versionOf({ ip }: PacketSpec): 4 | 6 {
  return ip.source.includes(":") ? 6 : 4;
}

/** Header fields for a packet of a version, before its ends are known. */
export function ipOf(
  version: 4 | 6,
  fields: Omit<PacketSpec["ip"], "source" | "destination"> = {},
) {
  return { ...ENDS[version], ...fields };
}

/** The template of an arm's packet: whatever is filled in is zero. */
export function templateOf({ packet, echo, timestamps }: ArmPacket): ProbeTemplate {
  const version = versionOf(packet);
  const protocol = protocolOf(packet);
  const transportAt = version === 4 ? 20 : 40;
  const { transport } = packet;
  let timestampAt: number | null = null;
  if (transport.kind === "tcp" && timestamps !== undefined) {
    const before = transport.options!.slice(0, timestamps);
    timestampAt = transportAt + 20 + 2 +
      before.reduce((sum, { kind, data }) => sum + (kind < 2 ? 1 : 2 + (data?.length ?? 0)), 0);
  }
  const octets = octetsOf(packet);
  if (version === 4) { for (const at of [4, 5, 10, 11]) octets[at] = 0; }
  octets.fill(0, version === 4 ? 12 : 8, transportAt);
  const checksumAt = transport.kind === "tcp" ? 16 : transport.kind === "udp" ? 6 : 2;
  octets.fill(0, transportAt + checksumAt, transportAt + checksumAt + 2);
  const fields = transport.kind === "tcp" ? [0, 8] : transport.kind === "udp" ? [0, 4] : [4, 8];
  octets.fill(0, transportAt + fields[0]!, transportAt + fields[1]!);
  if (echo.kind === "dns") octets.fill(0, echo.idAt, echo.idAt + 2);
  if (echo.kind === "text") octets.fill(0, echo.at, echo.at + 16);
  if (echo.kind === "echo") octets.fill(0, echo.at, echo.at + 8);
  if (timestampAt !== null) octets.fill(0, timestampAt, timestampAt + 4);
  const checksum = transport.kind === "udp" && transport.checksum === 0 ? "none" : "right";
  return { version, protocol, octets, transportAt, checksum, echo, timestampAt };
}

/** A target's row. */
export function rowOf(address: string, port: number): Uint8Array<ArrayBuffer> {
  const row = new Uint8Array(ROW);
  const octets = addressBytes(address);
  row.set(octets, 16 - octets.length);
  if (octets.length === 4) row.fill(0xff, 10, 12);
  new DataView(row.buffer).setUint16(16, port);
  return row;
}

export function targetOf(row: Uint8Array): { readonly address: string; readonly port: number } {
  const mapped = row.subarray(0, 10).every((octet) => octet === 0) && row[10] === 0xff &&
    row[11] === 0xff;
  return {
    address: addressText(row.slice(mapped ? 12 : 0, 16)),
    port: row[16]! << 8 | row[17]!,
  };
}

/** What the fields of probes are made of. */
export interface Run {
  readonly key: Uint8Array;
  readonly ports: PortRange;
  readonly sharesPort: boolean;
  readonly sources: { readonly 4?: readonly string[]; readonly 6?: readonly string[] };
}

function hash(key: Uint8Array, row: Uint8Array, arm: number, round: number, epoch: number): bigint {
  const message = new Uint8Array(24);
  message.set(row.subarray(0, 18));
  message[18] = arm;
  message[19] = round;
  new DataView(message.buffer).setUint32(20, epoch, true);
  return siphash24(key, message);
}

const EVER = 0xffff_ffff;
const low = (value: bigint, bits: number) => Number(BigInt.asUintN(bits, value));

/** What all probes to a target have in common. */
function targetToken(key: Uint8Array, row: Uint8Array): bigint {
  return hash(key, row, 0xff, 0xff, EVER);
}

/** Which arm is sent at a place of a round. */
export function armAt({ key }: Run, row: Uint8Array, place: number, round: number, arms: number) {
  let order = BigInt.asUintN(64, targetToken(key, row) + BigInt(round));
  order = BigInt.asUintN(64, (order ^ order >> 30n) * 0xbf58476d1ce4e5b9n);
  order = BigInt.asUintN(64, (order ^ order >> 27n) * 0x94d049bb133111ebn);
  order ^= order >> 31n;
  const on = order >> 32n & 1n ? arms - place : place;
  return (low(order, 32) % arms + on) % arms;
}

/** A probe as the builder of packets makes it from its fields. */
export function probeOf(
  run: Run,
  { packet, echo, timestamps }: ArmPacket,
  row: Uint8Array,
  sent: {
    readonly arm: number;
    readonly round: number;
    readonly epoch: number;
    readonly ms: number;
  },
): Uint8Array {
  const { key, ports, sharesPort, sources } = run;
  const { address, port } = targetOf(row);
  const version = versionOf(packet);
  const target = targetToken(key, row);
  const on = sent.round * 8 + (sharesPort ? 0 : sent.arm);
  const choice = (low(target >> 32n, 32) + on) % 2 ** 32;
  const sourcePort = ports.first + choice % (ports.last - ports.first + 1);
  const token = hash(key, row, sent.arm, sent.round, sent.epoch);
  const clock = low(target + BigInt(Math.floor(sent.ms)), 32);
  const from = sources[version]!;
  const ip = {
    ...packet.ip,
    source: from[low(target, 32) % from.length]!,
    destination: address,
    ...version === 4
      ? { identification: Math.max(1, low(token >> 32n, 16)) }
      : { flowLabel: packet.ip.flowLabel || low(target, 20) },
  };
  const { transport } = packet;
  if (transport.kind === "tcp") {
    const options = (transport.options ?? []).map((option, i) =>
      i === timestamps ? stamped(option, clock) : option
    );
    const sequence = low(token, 32);
    return octetsOf({
      ...packet,
      ip,
      transport: { ...transport, sourcePort, destinationPort: port, sequence, options },
    });
  }
  const payload = packet.payload!.slice();
  const payloadAt = (version === 4 ? 20 : 40) + 8;
  const view = new DataView(payload.buffer);
  if (echo.kind === "dns") {
    view.setUint16(echo.idAt - payloadAt, low(token, 16));
    echo.letters.forEach((at, i) => {
      if (token >> BigInt(16 + i) & 1n) payload[at - payloadAt]! -= 0x20;
    });
  } else if (echo.kind === "text") {
    const digits = token.toString(16).padStart(16, "0");
    payload.set(new TextEncoder().encode(digits), echo.at - payloadAt);
  } else if (echo.kind === "echo") view.setBigUint64(echo.at - payloadAt, token);
  if (transport.kind === "icmp") {
    const rest = sourcePort * 2 ** 16 + low(token, 16);
    return octetsOf({ ...packet, ip, payload, transport: { ...transport, rest } });
  }
  return octetsOf({
    ...packet,
    ip,
    payload,
    transport: { ...transport, sourcePort, destinationPort: port } as typeof transport,
  });
}

function stamped({ kind, data }: TcpOptionSpec, value: number): TcpOptionSpec {
  const changed = data!.slice();
  new DataView(changed.buffer).setUint32(0, value);
  return { kind, data: changed };
}

/** A message as the kernel would read it, by its pointers. */
export interface Message {
  readonly octets: Uint8Array;
  readonly name: Uint8Array | null;
}

/** What the kernel would send. */
export function messagesOf({ messages, count }: ProbeBatch): Message[] {
  return Array.from({ length: count }, (_, i) => {
    const view = new DataView(messages.buffer, messages.byteOffset + i * MESSAGE, MESSAGE);
    const nameLength = view.getUint32(8, true);
    const name = view.getBigUint64(0, true);
    const [piece, pieces] = [view.getBigUint64(16, true), view.getBigUint64(24, true)];
    if (pieces !== 1n) throw new Error(`${pieces} pieces`);
    for (let at = 32; at < MESSAGE; at += 8) {
      if (view.getBigUint64(at, true) !== 0n) throw new Error(`something at ${at} of the message`);
    }
    const vector = new DataView(octetsAt(piece, 16).buffer);
    return {
      octets: octetsAt(vector.getBigUint64(0, true), Number(vector.getBigUint64(8, true))),
      name: name === 0n ? null : octetsAt(name, nameLength),
    };
  });
}

function octetsAt(address: bigint, length: number): Uint8Array<ArrayBuffer> {
  const octets = new Uint8Array(length);
  new Deno.UnsafePointerView(Deno.UnsafePointer.create(address)!).copyInto(octets);
  return octets;
}
