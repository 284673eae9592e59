import { addToNarrow } from "../flow/narrow.ts";
import { bitsOf, integer, oneOfFour } from "../output/field.ts";
import { Packet } from "../packet.ts";
import { ACK, acknowledgment, payloadLength, sequence } from "../wire/tcp.ts";
import { cookieHash, cookieLength, FAST_OPEN, options } from "../wire/tcp_options.ts";

/** Kept a flow; all of it is 0 before. */
@unmanaged
class State {
  sequence: u32;
  acknowledgment: u32;
  synHash: u32;
  ackHash: u32;
  /** Of the option its kind, as a place in `KINDS`, above the octets of its cookie. */
  synOption: u8;
  ackOption: u8;
}

/** None, the kind of RFC 7413, and the two of experiments. */
const KINDS: u32 = 0xff_fe_22_00;
const KIND: u8 = 0xc0;
const KIND_SHIFT: u8 = 6;
/** No cookie has more, since no header has more room. */
const COOKIE: u8 = 0x3f;

/** Octets of the length of the payload, behind the rest: enough for any packet, see `LONGEST`. */
const LENGTH: u8 = 3;
const DATA_LENGTH: usize = offsetof<State>();

export const NAME = "tfo";
export const SUMMARY = "TCP Fast Open (RFC 7413)";
export const SIZE: usize = DATA_LENGTH + LENGTH;

export function declare(): void {
  const syn = offsetof<State>("synOption");
  const ack = offsetof<State>("ackOption");
  oneOfFour(
    "tfo_synkind",
    syn,
    KIND,
    KINDS,
    "kind of the Fast Open option on the first SYN forward that has one (34; 254 or 255 with ExID 0xF989), 0 before",
  );
  oneOfFour(
    "tfo_ackkind",
    ack,
    KIND,
    KINDS,
    "kind of the Fast Open option on the SYN-ACK, 0 without",
  );
  bitsOf(
    "tfo_synclen",
    syn,
    COOKIE,
    "octets of the cookie on that SYN, 0 in a request for one",
  );
  bitsOf(
    "tfo_ackclen",
    ack,
    COOKIE,
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
    if (option == 0 || state.synOption != 0) return;
    state.synOption = noted(option);
    state.synHash = cookieHash(option);
    state.sequence = sequence(packet.transport);
    addToNarrow(at + DATA_LENGTH, LENGTH, payloadLength(packet));
  } else if (state.synOption != 0) {
    if (state.acknowledgment == 0) state.acknowledgment = acknowledgment(packet.transport);
    if (option == 0 || state.ackOption != 0) return;
    state.ackOption = noted(option);
    state.ackHash = cookieHash(option);
  }
}

/** Kind and length of an option's cookie; never 0. */
function noted(option: usize): u8 {
  const kind = load<u8>(option);
  // 34, 254, 255
  const place: u8 = kind == FAST_OPEN ? 1 : kind - 252;
  return place << KIND_SHIFT | cookieLength(option) & COOKIE;
}

/** What was seen of the handshake holds for all parts of a flow. */
export function goOn(from: usize, to: usize): void {
  memory.copy(to, from, SIZE);
}
