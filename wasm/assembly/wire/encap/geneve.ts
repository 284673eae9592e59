// RFC 8926, section 3
import { Packet, SHORT } from "../../packet.ts";
import { u16be, u32be } from "../bytes.ts";
import { payload, payloadLength } from "../udp.ts";
import { LEAST_TYPE } from "./ethernet.ts";
import { GENEVE } from "./kinds.ts";
import { noteTunnel } from "./layers.ts";
import { goOn, NONE, NOT_IP, TOO_DEEP } from "./step.ts";

const HEADER: usize = 8;
const VERSION: u8 = 0xc0;
const LENGTH: u8 = 0x3f;
const CONTROL: u8 = 0x80;
const RESERVED: u8 = 0x3f;
/** Octets of an option's header. */
const OPTION: usize = 4;

/** What Geneve carries: reserved bits are 0, and the options fill their place. */
export function geneve(packet: Packet): i32 {
  const at = payload(packet);
  if (at + HEADER > packet.end) return NONE;
  const first = load<u8>(at);
  const length = HEADER + (usize(first & LENGTH) << 2);
  if ((first & VERSION) != 0 || (load<u8>(at, 1) & RESERVED) != 0 || load<u8>(at, 7) != 0) {
    return NONE;
  }
  const type = u16be(at + 2);
  if (type < LEAST_TYPE) return NONE;
  if (length > payloadLength(packet)) return NONE;
  const next = at + length;
  if (next > packet.end) return SHORT;
  if (!areOptions(at + HEADER, next)) return NONE;
  if (!noteTunnel(GENEVE, u32be(at + 4) >> 8, packet)) return TOO_DEEP;
  // Control messages are between the ends
  return load<u8>(at, 1) & CONTROL ? NOT_IP : goOn(type, next);
}

function areOptions(from: usize, to: usize): bool {
  let at = from;
  while (at < to) {
    if (at + OPTION > to) return false;
    const length = load<u8>(at, 3);
    if (length & 0xe0) return false;
    at += OPTION + (usize(length) << 2);
  }
  return at == to;
}
