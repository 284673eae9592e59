import type { Endpoint } from "../../contract/job.ts";
import type { IcmpHeader, Quotation, TcpHeader } from "../../contract/transport_header.ts";
import { checksumRight } from "./checksum.ts";
import { compare } from "./compare.ts";
import { headerOf, quotedHeader } from "./header.ts";
import type { Probe, ProbeReply } from "./probe.ts";
import { mayBeFilled, quotationLength } from "./quotation_length.ts";

/** ICMP types by IP version: time exceeded, and the other errors that end a packet's way. */
const EXPIRED = { 4: 11, 6: 3 } as const;
const ENDING: Readonly<Record<4 | 6, readonly number[]>> = { 4: [3, 12], 6: [1, 2, 4] };
/** Time exceeded in transit, not while fragments were put together. */
const IN_TRANSIT = 0;

/** Messages that are no evidence. */
export interface Ignored {
  /** ICMP messages whose checksum is wrong. */
  wrongChecksum: number;
  /** ICMP errors that name our flow and quote a packet that was never sent. */
  neverSent: number;
}

/** A flow that probes are sent on. */
export interface ProbeFlow {
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
  readonly ignored: Ignored;
}

/** The flow from our side to a remote endpoint. */
export function probeFlow(local: Endpoint, remote: Endpoint, ignored: Ignored): ProbeFlow {
  return {
    source: local.address,
    sourcePort: local.port,
    destination: remote.address,
    destinationPort: remote.port,
    ignored,
  };
}

interface SentProbe {
  readonly probe: Probe;
  readonly flow: ProbeFlow;
}

/**
 * Finds the probe that a packet belongs to. Eight octets of a TCP header are what every router
 * quotes, so a probe is known by its sequence number, which is random and unique: it cannot be
 * guessed without seeing the probe.
 */
export class Matcher {
  readonly #bySequence = new Map<number, SentProbe>();
  readonly #byAcknowledgment = new Map<number, SentProbe>();
  readonly #byIdentification = new Map<string, SentProbe>();
  readonly #flows = new Map<string, ProbeFlow>();

  /** A sequence number that no other probe has. */
  newSequence(random: () => number): number {
    for (;;) {
      const sequence = random();
      if (!this.#bySequence.has(sequence) && !this.#byAcknowledgment.has(sequence)) return sequence;
    }
  }

  addFlow(flow: ProbeFlow): void {
    this.#flows.set(flowKey(flow.sourcePort, flow.destination, flow.destinationPort), flow);
  }

  add(probe: Probe, flow: ProbeFlow): void {
    const known = { probe, flow };
    this.#bySequence.set(probe.sequence, known);
    for (const number of acknowledgments(probe)) this.#byAcknowledgment.set(number, known);
    if (probe.identification !== null) this.#byIdentification.set(idKey(probe, flow), known);
  }

  /** Forgets a flow and its probes. */
  remove(flow: ProbeFlow, probes: readonly Probe[]): void {
    for (const probe of probes) {
      this.#bySequence.delete(probe.sequence);
      for (const number of acknowledgments(probe)) this.#byAcknowledgment.delete(number);
      if (probe.identification !== null) this.#byIdentification.delete(idKey(probe, flow));
    }
    this.#flows.delete(flowKey(flow.sourcePort, flow.destination, flow.destinationPort));
  }

  /** A received ICMP message. */
  icmp(icmp: IcmpHeader): void {
    const { quotation } = icmp;
    if (quotation === null || quotation.sequence === null) return;
    const known = this.#quoted(quotation);
    if (checksumRight(icmp) === false) {
      const flow = known?.flow ?? this.#flowOf(quotation);
      if (flow !== undefined) flow.ignored.wrongChecksum++;
      return;
    }
    if (known === undefined) {
      const flow = this.#flowOf(quotation);
      if (flow !== undefined) flow.ignored.neverSent++;
      return;
    }
    const kind = kindOf(icmp);
    // An error about a packet that was not seen to leave cannot be compared with it
    if (kind === null || known.probe.sent === null) return;
    known.probe.add({
      kind,
      responder: icmp.ip.source,
      quotation: {
        length: quotationLength(icmp),
        comparison: compare(known.probe.sent, quotedHeader(quotation, mayBeFilled(icmp))),
      },
      icmp: { type: icmp.type, code: icmp.code },
    });
  }

  /** A captured TCP segment: a probe that leaves, or the answer to one. */
  tcp(tcp: TcpHeader): void {
    if (tcp.syn && !tcp.ack) {
      const known = this.#bySequence.get(tcp.sequence);
      if (known !== undefined && known.flow.sourcePort === tcp.sourcePort) {
        known.probe.sent ??= headerOf(tcp);
      }
      return;
    }
    if (!tcp.ack) return;
    const known = this.#byAcknowledgment.get(tcp.acknowledgment);
    if (known === undefined || known.probe.sent === null) return;
    const { flow, probe } = known;
    if (flow.sourcePort !== tcp.destinationPort || flow.destination !== tcp.ip.source) return;
    probe.add({
      kind: tcp.rst ? "rst" : "syn-ack",
      responder: tcp.ip.source,
      quotation: null,
      icmp: null,
    });
  }

  /** The probe that is quoted, also when its sequence number was rewritten. */
  #quoted(quotation: Quotation): SentProbe | undefined {
    const { ip, sequence, sourcePort, destinationPort } = quotation;
    const known = this.#bySequence.get(sequence!);
    if (known !== undefined) {
      const { flow } = known;
      const ours = flow.destination === ip.destination ||
        flow.sourcePort === sourcePort && flow.destinationPort === destinationPort;
      return ours ? known : undefined;
    }
    if (ip.version === 6) return undefined;
    const key = flowKey(sourcePort, ip.destination, destinationPort);
    return this.#byIdentification.get(`${ip.id} ${key}`);
  }

  #flowOf({ ip, sourcePort, destinationPort }: Quotation): ProbeFlow | undefined {
    return this.#flows.get(flowKey(sourcePort, ip.destination, destinationPort));
  }
}

function flowKey(sourcePort: number | null, destination: string, port: number | null): string {
  return `${sourcePort} ${destination} ${port}`;
}

function idKey({ identification }: Probe, { sourcePort, destination, destinationPort }: ProbeFlow) {
  return `${identification} ${flowKey(sourcePort, destination, destinationPort)}`;
}

/** What may acknowledge a probe: its SYN alone, or its data too. */
function acknowledgments({ sequence, payload }: Probe): number[] {
  const syn = (sequence + 1) % 2 ** 32;
  return payload === 0 ? [syn] : [syn, (syn + payload) % 2 ** 32];
}

function kindOf({ ip, type, code }: IcmpHeader): ProbeReply["kind"] | null {
  if (type === EXPIRED[ip.version]) return code === IN_TRANSIT ? "expired" : null;
  return ENDING[ip.version].includes(type) ? "refused" : null;
}
