import { Conversation } from "../../../src/plugin/testing/conversation.ts";
import { readPackets } from "../../../src/plugin/testing/packet_text.ts";

const CLIENT = { 4: "198.51.100.1", 6: "2001:db8::1" } as const;
const SERVER = { 4: "192.0.2.1", 6: "2001:db8:1::2" } as const;

/** The octets of the packets of a text. */
export function built(text: string, family: 4 | 6 = 4): Uint8Array[] {
  const conversation = new Conversation(
    { address: CLIENT[family], port: 40_001 },
    { address: SERVER[family], port: 80 },
    null,
    "the packets",
  );
  return readPackets(text, "the packets").flat().map((draft) => conversation.next(draft));
}

/** A number in network byte order. */
export function big(octets: Uint8Array, at: number, length: number): number {
  return octets.subarray(at, at + length).reduce((sum, octet) => sum * 256 + octet, 0);
}
