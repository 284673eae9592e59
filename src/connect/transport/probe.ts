import type { Connection } from "../../contract/connection.ts";
import type { FlowRecord } from "../../contract/flow.ts";
import type { Endpoint } from "../../contract/job.ts";
import type { PacketSpec } from "../../contract/packet.ts";
import { wallClock } from "../../host/clock.ts";
import { ERRNO } from "../../host/errno.ts";
import type { Attempted, ConnectContext, ConnectRequest, Connects } from "../connection_type.ts";
import type { Forger } from "./forger.ts";
import { protocolOf } from "./packet_builder.ts";
import { record } from "../record.ts";
import { synPacket } from "./syn.ts";
import { IPPROTO_TCP } from "../../host/ip_protocol.ts";
import { instantiate, type WasmExports } from "../../host/wasm.ts";

/** What is sent for requests, and how. */
export interface ProbeForm {
  /** The protocol number of what is sent to an address. */
  protocol(address: string): number;
  /** The packet for a request. */
  packet(local: Endpoint, request: ConnectRequest): PacketSpec;
  /** Whether the packet may be sent once more when nothing answers. */
  readonly again: boolean;
}

/**
 * One forged packet a connection. No socket reports its outcome: until the wire does (`settle`), the
 * connection counts as timed out.
 */
export function probes(context: ConnectContext, form: ProbeForm): Connects {
  const forger = context.forger();
  return {
    connect: (request) => probe(forger, request, form),
    close: () => {}, // the forger is the run's
  };
}

/**
 * Probes that are made from a SYN.
 *
 * @param change changes the SYN that would be sent
 */
export function synProbes(
  change: (packet: PacketSpec, request: ConnectRequest) => PacketSpec,
  again: boolean,
): ProbeForm {
  return {
    protocol: () => IPPROTO_TCP,
    packet: (local, request) => change(synPacket(local, request.remote, request.socket), request),
    again,
  };
}

async function probe(
  forger: Pick<Forger, "local" | "send">,
  request: ConnectRequest,
  form: ProbeForm,
): Promise<Attempted> {
  const { remote, socket: { mark, bindPort } } = request;
  const since = Date.now();
  const start = wallClock();
  const protocol = form.protocol(remote.address);
  const own = forger.local(remote, protocol, mark, bindPort);
  if (typeof own === "number") return record(protocol, remote, null, start, -own);
  const packet = form.packet(own, request);
  const sending = forger.send(packet, mark);
  const flow = flowOf(packet);
  // Nothing has left before the reactor's next turn
  request.onLocal?.(flow.local, flow.protocol, since, flow.remote);
  const errno = await sending;
  const sent = record(flow.protocol, flow.remote, flow.local, start, errno || ERRNO.ETIMEDOUT);
  return errno !== 0 || !form.again
    ? sent
    : { ...sent, again: () => void forger.send(packet, mark) };
}

/** The flow that a packet belongs to. */
function flowOf(
  packet: PacketSpec,
): { protocol: number; local: Endpoint; remote: Endpoint } {
  const { ip } = packet;
  const [source, destination] = portsOf(packet);
  return {
    protocol: protocolOf(packet),
    local: { address: ip.source, port: source },
    remote: { address: ip.destination, port: destination },
  };
}

let wasm: WasmExports | undefined;

/** Ports of a packet, or what stands for them in the flow of an ICMP message: identifier and question. */
function portsOf(packet: PacketSpec): [source: number, destination: number] {
  const { transport } = packet;
  if (transport.kind === "tcp" || transport.kind === "udp") {
    return [transport.sourcePort, transport.destinationPort];
  }
  if (transport.kind !== "icmp") return [0, 0];
  wasm ??= instantiate();
  const identifier = (transport.rest ?? 0) >>> 16;
  const ends = wasm.icmpEnds(protocolOf(packet), transport.type, identifier);
  return [ends >>> 16, ends & 0xffff];
}

/**
 * A connection's outcome as seen on the wire.
 *
 * @param errno what the wire showed, by number, 0 for success; null for nothing
 */
export function settled(
  connection: Connection,
  flow: FlowRecord | null,
  errno: (flow: FlowRecord) => number | null,
): Connection {
  // What was not sent, or not seen, has no other outcome
  if (flow === null || connection.outcome !== "timeout") return connection;
  const { protocol, remote, local, start, fields } = connection;
  return record(protocol, remote, local, start, errno(flow) ?? ERRNO.ETIMEDOUT, fields);
}

/** The error of a refusal or an unreachable message on the wire, by number; null for neither. */
export function obstacle(flow: FlowRecord): number | null {
  if (flow.tcp_rst_rev) return ERRNO.ECONNREFUSED;
  return flow.icmp_unreachable ? ERRNO.EHOSTUNREACH : null;
}

/** What answered a SYN, by error number, 0 for success; null for nothing. */
export function answerToSyn(flow: FlowRecord): number | null {
  if (flow.tcpx_syn_acked) return 0;
  // A SYN-ACK for something else than was sent
  return obstacle(flow) ?? (flow.tcpx_synack_rev > 0 ? ERRNO.EPROTO : null);
}
