import { addToNarrow } from "../flow/narrow.ts";
import { integer } from "../output/field.ts";
import { Packet } from "../packet.ts";
import { ACK, acknowledgment, payloadLength, sequence } from "../wire/tcp.ts";
import { cookieHash, cookieLength, options } from "../wire/tcp_options.ts";

/** Kept a flow; all of it is 0 before. */
@unmanaged
class State {
  sequence: u32;
  acknowledgment: u32;
  synHash: u32;
  ackHash: u32;
  synKind: u8;
  ackKind: u8;
  synCookie: u8;
  ackCookie: u8;
}

/** Octets of the length of the payload, behind the rest: enough for any packet, see `LONGEST`. */
const LENGTH: u8 = 3;
const DATA_LENGTH: usize = offsetof<State>();

export const NAME = "tfo";
export const SUMMARY = "TCP Fast Open (RFC 7413)";
export const SIZE: usize = DATA_LENGTH + LENGTH;

export function declare(): void {
  integer(
    "tfo_synkind",
    offsetof<State>("synKind"),
    1,
    "kind of the Fast Open option on the first SYN forward that has one (34; 254 or 255 with ExID 0xF989), 0 before",
  );
  integer(
    "tfo_ackkind",
    offsetof<State>("ackKind"),
    1,
    "kind of the Fast Open option on the SYN-ACK, 0 without",
  );
  integer(
    "tfo_synclen",
    offsetof<State>("synCookie"),
    1,
    "octets of the cookie on that SYN, 0 in a request for one",
  );
  integer(
    "tfo_ackclen",
    offsetof<State>("ackCookie"),
    1,
    "octets of the cookie on the SYN-ACK",
  );
  integer(
    "tfo_synhash",
    offsetof<State>("synHash"),
    4,
    "hash of the cookie on that SYN (FNV-1a, 32 bits), 0 without",
  );
  integer(
    "tfo_ackhash",
    offsetof<State>("ackHash"),
    4,
    "hash of the cookie on the SYN-ACK, 0 without",
  );
  integer("tfo_seq", offsetof<State>("sequence"), 4, "sequence number of that SYN");
  integer("tfo_dlen", DATA_LENGTH, LENGTH, "octets of payload on that SYN");
  integer(
    "tfo_ack",
    offsetof<State>("acknowledgment"),
    4,
    "acknowledgment number of the first SYN-ACK after that SYN; tfo_seq + 1 + tfo_dlen when all was taken",
  );
}

/** For SYNs only, with their options read. */
export function update(at: usize, packet: Packet, reverse: bool): void {
  const state = changetype<State>(at);
  const answer = (packet.flags & ACK) != 0;
  if (answer != reverse) return;
  const option = options.fastOpen;
  if (!answer) {
    if (option == 0 || state.synKind != 0) return;
    state.synKind = load<u8>(option);
    state.synCookie = cookieLength(option);
    state.synHash = cookieHash(option);
    state.sequence = sequence(packet.transport);
    addToNarrow(at + DATA_LENGTH, LENGTH, payloadLength(packet));
  } else if (state.synKind != 0) {
    if (state.acknowledgment == 0) state.acknowledgment = acknowledgment(packet.transport);
    if (option == 0 || state.ackKind != 0) return;
    state.ackKind = load<u8>(option);
    state.ackCookie = cookieLength(option);
    state.ackHash = cookieHash(option);
  }
}
