import type { Packets } from "../../../observe/packet_list.ts";
import { Conversation } from "../../../plugin/testing/conversation.ts";
import { readPackets } from "../../../plugin/testing/packet_text.ts";
import { BEGIN } from "../../../plugin/testing/packets.ts";
import { clientOf } from "../../../plugin/testing/stage.ts";
import { PcapWriter } from "../../../result/pcap.ts";

/** Raw IP, as files name it (LINKTYPE_RAW). */
const RAW = { name: null, linkType: 101, snaplen: 262_144 };
const SERVER = { address: "192.0.2.1", port: 80 };

/** Writes a capture file of packets in the language of tests, each flow with a port of its own. */
export function writeCapture(path: string, packets: string): void {
  const writer = new PcapWriter(path, []);
  let time = BEGIN;
  for (const [at, drafts] of readPackets(packets, path).entries()) {
    const flow = new Conversation(clientOf(SERVER.address, at), SERVER, null, path);
    for (const draft of drafts) writer.write(one(flow.next(draft), time += draft.after));
  }
  writer.close();
}

/** One packet, at a time in milliseconds since 1970. */
function one(octets: Uint8Array, time: number): Packets {
  return {
    count: 1,
    time: () => BigInt(Math.round(time * 1000)) * 1000n,
    captured: () => octets.length,
    frame: () => octets.slice(),
    wireLength: () => octets.length,
    seenOn: () => RAW,
  };
}
