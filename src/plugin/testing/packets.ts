import type { Endpoint } from "../../contract/job.ts";
import type { PacketSpec } from "../../contract/packet.ts";
import type { TestPackets } from "../../contract/plugin_test.ts";
import { Failure } from "../../host/failure.ts";
import { FileReader } from "../../observe/file/reader.ts";
import type { FlowTable } from "../../observe/flow_table.ts";
import { RECORD_HEADER } from "../../observe/records.ts";
import { Conversation } from "./conversation.ts";
import type { Draft } from "./draft.ts";
import { readPackets } from "./packet_text.ts";

/** When the first packet of a test is sent, in milliseconds since 1970: 2026-01-01. */
export const BEGIN = Date.UTC(2026, 0, 1);
/** Batch size of a test's packets. */
export const INPUT = 1 << 22;
/** Raw IP, as files name it (LINKTYPE_RAW). */
const RAW = 101;
const MICROSECONDS = 1000;

/** Puts the packets of a test into a flow table. */
export interface Player {
  /** Flows in the packet language, one text each; 1 for a capture. */
  readonly flows: number;
  /** The transport of the first packet, by protocol number; null without a packet in the language. */
  readonly protocol: number | null;
  /** Plays all packets; when the last one was sent, in milliseconds since 1970. */
  play(table: FlowTable, ends: (flow: number) => FlowEndpoints, through?: Through): number;
}

/** What becomes of a packet on its way to the flow table; null when nothing does. */
export type Through = (
  octets: Uint8Array,
  forward: boolean,
  time: number,
) => Uint8Array | null;

/** The endpoints of a flow. */
export interface FlowEndpoints {
  readonly client: Endpoint;
  readonly server: Endpoint;
  /** What the connection type sends; null when it sends nothing of its own making. */
  readonly forged: PacketSpec | null;
}

/**
 * The packets of a test.
 *
 * @param folder where captures are, by their paths; null when there can be none
 * @param where their name in messages
 * @param snaplen octets that are kept of each packet
 * @throws {Failure} when they cannot be read
 */
export function playerOf(
  { packets, capture }: TestPackets,
  folder: string | null,
  where: string,
  snaplen: number,
): Player {
  if (packets !== undefined && capture !== undefined) {
    throw new Failure(`${where} has both packets and a capture: give one of them`);
  }
  if (capture === undefined) {
    return new TextPlayer(readPackets(packets ?? "", where), where, snaplen);
  }
  if (folder === null) {
    throw new Failure(`${where} names the capture ${capture}: a plugin from a URL has no files`);
  }
  return new CapturePlayer(`${folder}/${capture}`);
}

const PROTOCOLS = { tcp: 6, forged: 6, udp: 17, icmp: 1, other: null } as const;

class TextPlayer implements Player {
  readonly #flows: readonly (readonly Draft[])[];
  readonly #where: string;
  readonly #snaplen: number;

  constructor(flows: readonly (readonly Draft[])[], where: string, snaplen: number) {
    this.#flows = flows;
    this.#where = where;
    this.#snaplen = snaplen;
  }

  get flows(): number {
    return this.#flows.length;
  }

  get protocol(): number | null {
    const [first] = this.#flows[0]!;
    return first === undefined ? null : PROTOCOLS[first.kind];
  }

  play(table: FlowTable, ends: (flow: number) => FlowEndpoints, through?: Through): number {
    let time = BEGIN;
    for (const [at, drafts] of this.#flows.entries()) {
      const { client, server, forged } = ends(at);
      const conversation = new Conversation(client, server, forged, this.#where);
      for (const draft of drafts) {
        time += draft.after;
        const sent = conversation.next(draft);
        const octets = through === undefined ? sent : through(sent, draft.forward, time);
        if (octets === null) continue;
        const record = recordOf(octets, time, this.#snaplen);
        table.input(1).set(record);
        table.dissect(record.length, RAW, MICROSECONDS);
      }
    }
    return time;
  }
}

/** A packet as pcap_dump(3) writes it. */
function recordOf(octets: Uint8Array, time: number, snaplen: number): Uint8Array {
  const kept = octets.subarray(0, snaplen);
  const record = new Uint8Array(RECORD_HEADER + kept.length);
  const view = new DataView(record.buffer);
  view.setUint32(0, Math.floor(time / 1000), true);
  view.setUint32(4, Math.round(time % 1000 * 1000), true);
  view.setUint32(8, kept.length, true);
  view.setUint32(12, octets.length, true);
  record.set(kept, RECORD_HEADER);
  return record;
}

class CapturePlayer implements Player {
  readonly #path: string;
  readonly flows = 1;
  readonly protocol = null;

  constructor(path: string) {
    this.#path = path;
  }

  play(table: FlowTable): number {
    using reader = FileReader.open(this.#path, table);
    for (const { linkType } of reader.format.interfaces) table.checkLink(linkType);
    while (!reader.ended) {
      if (reader.find()) table.dissectListed();
      else if (!reader.ended) reader.read();
    }
    if (reader.fault !== null) {
      throw new Failure(`${this.#path} breaks off: ${reader.fault}`);
    }
    return (table.lastTime ?? BEGIN / 1000) * 1000;
  }
}
