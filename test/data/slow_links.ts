import {
  behindType,
  behindTypeOrLength,
  type Found,
  identified,
  inFrame,
  inLlc,
  inPpp,
  listed,
  session,
  unversioned,
  versioned,
} from "./slow_headers.ts";
import { Bad, Ended, type Octets, Short } from "./slow_octets.ts";

const notIp = () => new Ended("not_ip");
const little = (octets: readonly number[]) =>
  octets.reduceRight((sum, octet) => sum * 256 + octet, 0);

/** The IP packet in a frame of a link type. */
export function behindLink(frame: Octets, link: number, tapped = false): Found {
  switch (link) {
    case 1:
      return inFrame(frame, []);
    case 9:
    case 50:
      return frame.at(0) % 128 === 15 ? hdlc(frame) : inPpp(frame, []);
    case 51:
      return session(frame, []);
    case 104:
      return hdlc(frame);
    case 105:
      return wireless(frame, false);
    case 107:
      return relayed(frame);
    case 113:
      frame.take(0, 16);
      return cooked(frame.at16(14), frame.from(16));
    case 119: {
      frame.take(0, 8);
      const isAvs = frame.at24(0) === 0x802110;
      const own = little(frame.take(4, 4));
      const length = isAvs && frame.at(3) === 1 || own > 0xffff ? frame.at32(4) : own;
      if (length < 8) throw new Bad();
      return wireless(frame.from(length), false);
    }
    case 127:
      return radio(frame);
    case 226:
      frame.take(0, 24);
      if (frame.at(1) === 2) return versioned(frame.from(24), 4, []);
      if (frame.at(1) === 26) return versioned(frame.from(24), 6, []);
      throw notIp();
    case 239:
      return logged(frame);
    case 258: {
      if (tapped) throw notIp();
      frame.take(0, 12);
      const length = little(frame.take(0, 4));
      if (length < 12) throw new Bad();
      if (little(frame.take(4, 4)) !== 1) throw notIp();
      return behindLink(frame.from(length), little(frame.take(8, 4)), true);
    }
    case 276:
      frame.take(0, 20);
      return cooked(frame.at16(0), frame.from(20));
    case 281:
      return behindSwitch(frame, 16);
    case 282:
      return inFrame(frame.from(4), []);
    case 284:
      return marvell(frame, 12);
    case 285:
      return marvell(frame, 16);
    case 0:
    case 108: {
      const octets = frame.take(0, 4);
      // One octet of the four is the family's, at either end
      const zeros = octets.filter((octet) => octet === 0).length;
      const family = octets[0] !== 0 ? octets[0]! : octets[3]!;
      if (zeros === 3 && family === 2) return versioned(frame.from(4), 4, []);
      if (zeros === 3 && [10, 24, 28, 30].includes(family)) return versioned(frame.from(4), 6, []);
      const named = { 0x0800: 4, 0x86dd: 6 }[frame.at16(2)];
      if (named !== undefined) return versioned(frame.from(4), named, []);
      throw notIp();
    }
    case 228:
      return versioned(frame, 4, []);
    case 229:
      return versioned(frame, 6, []);
    case 12:
    case 101:
      return unversioned(frame, []);
  }
  throw notIp();
}

function cooked(type: number, rest: Octets): Found {
  return type === 4 ? inLlc(rest, []) : behindType(type, rest, []);
}

function hdlc(frame: Octets): Found {
  frame.take(0, 4);
  return behindType(frame.at16(2), frame.from(4), []);
}

function relayed(frame: Octets): Found {
  let length = 1;
  while (frame.at(length - 1) % 2 === 0) if (++length > 4) throw notIp();
  if (length === 1) throw notIp();
  const widths = [[], [], [6, 4], [6, 4, 6], [6, 4, 7, 6]][length]!;
  const circuit = widths.reduce(
    (sum, width, i) => sum * 2 ** width + (frame.at(i) >> 8 - width),
    0,
  );
  const headers = listed([], `fr:${circuit}`);
  const rest = frame.from(length);
  rest.take(0, 2);
  if (rest.at(0) !== 3) return behindType(rest.at16(0), rest.from(2), headers);
  return identified(rest.from(rest.at(1) === 0 ? 2 : 1), headers);
}

function logged(frame: Octets): Found {
  frame.take(0, 4);
  const version = { 2: 4, 10: 6 }[frame.at(0)];
  if (version === undefined) throw notIp();
  let rest = frame.from(4);
  for (;;) {
    const [a, b, c, d] = rest.take(0, 4);
    const isBig = c! % 64 === 0;
    const length = isBig ? a! * 256 + b! : b! * 256 + a!;
    if (length < 4) throw new Bad();
    if ((isBig ? d : c) === 9) return versioned(rest.from(4), version, []);
    rest = rest.from(Math.ceil(length / 4) * 4);
  }
}

function wireless(frame: Octets, padded: boolean): Found {
  frame.take(0, 2);
  const [control, flags] = [frame.at(0), frame.at(1)];
  const isData = (control & 0b1111) === 0b1000;
  if (!isData || (control & 0x40) !== 0 || (flags & 0x40) !== 0) throw notIp();
  const quality = control >= 0x80;
  const short = (flags & 3) === 3 ? 30 : 24;
  const length = short + (quality ? flags >= 0x80 ? 6 : 2 : 0);
  frame.take(0, length);
  if (frame.at(22) % 16 !== 0) throw notIp();
  if (quality && frame.at(short) >= 0x80) throw notIp();
  return inLlc(frame.from(padded ? Math.ceil(length / 4) * 4 : length), []);
}

function radio(frame: Octets): Found {
  frame.take(0, 8);
  if (frame.at(0) !== 0) throw notIp();
  const length = little(frame.take(2, 2));
  if (length < 8) throw new Bad();
  const rest = frame.from(length);
  const flags = radioFlags(frame.first(length));
  if (flags & 0x40) throw new Bad();
  return wireless(rest, (flags & 0x20) !== 0);
}

/** The field of flags, 0 without one; what the header has no room for is a lie. */
function radioFlags(header: Octets): number {
  const present = little(header.take(4, 4));
  if ((present & 2) === 0) return 0;
  try {
    let at = 8;
    for (let word = 4; header.at(word + 3) >= 0x80; word += 4) {
      header.take(word + 4, 4);
      at += 4;
    }
    if (present % 2 === 1) at = Math.ceil(at / 8) * 8 + 8;
    return header.at(at);
  } catch (error) {
    throw error instanceof Short ? new Bad() : error;
  }
}

function marvell(frame: Octets, at: number): Found {
  frame.take(0, at + 4);
  const number = frame.at16(at + 2) % 4096;
  const tagged = (frame.at(at) & 0x20) !== 0 && number !== 0;
  return behindSwitch(frame, at + 4, tagged ? [`vlan:${number}`] : []);
}

function behindSwitch(frame: Octets, at: number, headers: readonly string[] = []): Found {
  frame.take(at, 2);
  return behindTypeOrLength(frame.at16(at), frame.from(at + 2), headers);
}
