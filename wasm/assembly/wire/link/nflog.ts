// https://www.tcpdump.org/linktypes/LINKTYPE_NFLOG.html
import { BAD, SHORT } from "../../packet.ts";
import { u16be } from "../bytes.ts";
import { NOT_IP, version } from "../encap/step.ts";

/** Octets of family, version and resource. */
const HEADER: usize = 4;
/** Octets of the length and type of an attribute. */
const ATTRIBUTE: usize = 4;
const PAYLOAD: u8 = 9;
/** The upper bits of a type, which are flags. */
const TYPE: u8 = 0x3f;
const FAMILY_IPV4: u8 = 2;
const FAMILY_IPV6: u8 = 10;

/** What Linux's netfilter logs: attributes in the byte order of the host that captured, of which one is the packet. */
export function nflog(at: usize, end: usize): i32 {
  if (at + HEADER > end) return SHORT;
  const family = load<u8>(at);
  if (family != FAMILY_IPV4 && family != FAMILY_IPV6) return NOT_IP;
  let next = at + HEADER;
  while (true) {
    if (next + ATTRIBUTE > end) return SHORT;
    // Types are small: the octet that is 0 but for flags is the upper one
    const isBig = (load<u8>(next, 2) & TYPE) == 0;
    const length: usize = isBig ? u16be(next) : load<u16>(next);
    if (length < ATTRIBUTE) return BAD;
    if (load<u8>(next + (isBig ? 3 : 2)) == PAYLOAD) {
      return version(next + ATTRIBUTE, end, family == FAMILY_IPV4 ? 4 : 6);
    }
    next += (length + 3) & ~3;
  }
}
