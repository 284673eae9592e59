import { RECORD_HEADER } from "../../../observe/records.ts";
import { Conversation } from "../../../plugin/testing/conversation.ts";
import { readPackets } from "../../../plugin/testing/packet_text.ts";
import { BEGIN } from "../../../plugin/testing/packets.ts";
import { clientOf } from "../../../plugin/testing/stage.ts";
import { PcapWriter } from "../../../result/pcap.ts";

const DLT_RAW = 12;
const WHOLE = 262_144;
const SERVER = { address: "192.0.2.1", port: 80 };

/** Writes a capture file of packets in the language of tests, each flow with a port of its own. */
export function writeCapture(path: string, packets: string): void {
  const writer = new PcapWriter(path, [], { linkType: DLT_RAW, snaplen: WHOLE, fraction: 1000 });
  let time = BEGIN;
  for (const [at, drafts] of readPackets(packets, path).entries()) {
    const flow = new Conversation(clientOf(SERVER.address, at), SERVER, null, path);
    for (const draft of drafts) writer.write(record(flow.next(draft), time += draft.after));
  }
  writer.close();
}

/** A packet as pcap_dump(3) writes it. */
function record(octets: Uint8Array, time: number): Uint8Array {
  const made = new Uint8Array(RECORD_HEADER + octets.length);
  made.set(
    new Uint8Array(
      new Uint32Array([time / 1000, time % 1000 * 1000, octets.length, octets.length]).buffer,
    ),
  );
  made.set(octets, RECORD_HEADER);
  return made;
}
