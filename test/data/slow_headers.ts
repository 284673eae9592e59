import { Bad, Ended, Octets, Short } from "./slow_octets.ts";

const DEEPEST = 8;

/** An IP packet that is found, and the headers before it. */
export interface Found {
  readonly packet: Octets;
  readonly headers: readonly string[];
}

const notIp = () => new Ended("not_ip");

/** Adds a header to a list, which must not become too long. */
export function listed(headers: readonly string[], header: string): readonly string[] {
  if (headers.length === DEEPEST) throw new Ended("encap_too_deep");
  return [...headers, header];
}

/** What is behind an EtherType. */
export function behindType(type: number, rest: Octets, headers: readonly string[]): Found {
  switch (type) {
    case 0x0800:
      return versioned(rest, 4, headers);
    case 0x86dd:
      return versioned(rest, 6, headers);
    case 0x8100:
    case 0x88a8:
    case 0x9100: {
      rest.take(0, 4);
      const number = rest.at16(0) % 4096;
      const more = number === 0 ? headers : listed(headers, `vlan:${number}`);
      return behindTypeOrLength(rest.at16(2), rest.from(4), more);
    }
    case 0x8847:
    case 0x8848:
      return labelled(rest, headers);
    case 0x8864:
      return session(rest, headers);
    case 0x880b:
      return inPpp(rest, headers);
    case 0x88e7:
      rest.take(0, 4);
      return inFrame(rest.from(4), listed(headers, `pbb:${rest.at24(1)}`));
    case 0x8909: {
      rest.take(0, 8);
      if (rest.at(0) !== 1 || rest.at(1) !== 1) throw notIp();
      const group = rest.at16(2) % 4096 === 1;
      const more = group ? listed(headers, `sgt:${rest.at16(4)}`) : headers;
      return behindTypeOrLength(rest.at16(6), rest.from(8), more);
    }
    case 0x894f:
      return serviced(rest, headers);
    case 0x6558:
      return inFrame(rest, headers);
  }
  throw notIp();
}

/** The same where a small number is a length. */
export function behindTypeOrLength(
  type: number,
  rest: Octets,
  headers: readonly string[],
): Found {
  if (type < 3) throw notIp();
  return type < 1536 ? inLlc(rest, headers) : behindType(type, rest, headers);
}

/** An Ethernet frame. */
export function inFrame(frame: Octets, headers: readonly string[]): Found {
  frame.take(0, 14);
  return behindTypeOrLength(frame.at16(12), frame.from(14), headers);
}

/** A packet whose version was said before. */
export function versioned(packet: Octets, version: number, headers: readonly string[]): Found {
  if (packet.at(0) >> 4 !== version) throw new Bad();
  return { packet, headers };
}

/** A packet that says its version itself. */
export function unversioned(packet: Octets, headers: readonly string[]): Found {
  if (![4, 6].includes(packet.at(0) >> 4)) throw notIp();
  return { packet, headers };
}

/** Logical link control. */
export function inLlc(rest: Octets, headers: readonly string[]): Found {
  const key = rest.take(0, 3).map((octet) => octet.toString(16)).join(" ");
  if (key === "aa aa 3") return inSnap(rest.from(3), headers);
  if (key === "6 6 3") return versioned(rest.from(3), 4, headers);
  if (key === "fe fe 3") return identified(rest.from(3), headers);
  throw notIp();
}

function inSnap(rest: Octets, headers: readonly string[]): Found {
  rest.take(0, 5);
  const [organisation, type] = [rest.at24(0), rest.at16(3)];
  if (organisation === 0 || organisation === 0xf8) return behindType(type, rest.from(5), headers);
  if (organisation === 0x80c2 && (type === 1 || type === 7)) return inFrame(rest.from(5), headers);
  throw notIp();
}

/** Behind a network layer protocol identifier. */
export function identified(rest: Octets, headers: readonly string[]): Found {
  const [identifier, content] = [rest.at(0), rest.from(1)];
  if (identifier === 0x80) return inSnap(content, headers);
  if (identifier === 0x8e) return versioned(content, 6, headers);
  if (identifier === 0xcc) return versioned(content, 4, headers);
  if (identifier === 0xcf) return inPpp(content, headers);
  throw notIp();
}

/** PPP, with or without what HDLC adds. */
export function inPpp(frame: Octets, headers: readonly string[]): Found {
  frame.take(0, 2);
  const rest = frame.at(0) === 0xff && frame.at(1) === 3 ? frame.from(2) : frame;
  const compressed = rest.at(0) % 2 === 1;
  const protocol = compressed ? rest.at(0) : rest.at16(0);
  const content = rest.from(compressed ? 1 : 2);
  if (protocol === 0x21) return versioned(content, 4, headers);
  if (protocol === 0x57) return versioned(content, 6, headers);
  if (protocol === 0x281 || protocol === 0x283) return labelled(content, headers);
  throw notIp();
}

/** A packet of a PPPoE session. */
export function session(rest: Octets, headers: readonly string[]): Found {
  rest.take(0, 6);
  if (rest.at(0) !== 0x11 || rest.at(1) !== 0) throw notIp();
  return inPpp(rest.from(6), listed(headers, `pppoe:${rest.at16(2)}`));
}

function labelled(stack: Octets, before: readonly string[]): Found {
  stack.take(0, 4);
  const label = stack.at24(0) >> 4;
  const headers = listed(before, `mpls:${label}`);
  const rest = stack.from(4);
  if (stack.at(2) % 2 === 0) return labelled(rest, headers);
  if (label === 13) throw notIp();
  const first = rest.at(0) >> 4;
  if (seemsFrame(rest)) return inFrame(rest, headers);
  if (first === 4 || first === 6) return { packet: rest, headers };
  if (first === 0 && rest.length > 4 && seemsFrame(rest.from(4))) {
    return inFrame(rest.from(4), headers);
  }
  throw notIp();
}

/** Whether unnamed octets can be told to be an Ethernet frame with IP, which fills it except for padding. */
export function seemsFrame(frame: Octets): boolean {
  try {
    let rest = frame.from(14);
    let type = frame.at16(12);
    for (let tags = 0; tags < 2 && (type === 0x8100 || type === 0x88a8); tags++) {
      type = rest.at16(2);
      rest = rest.from(4);
    }
    rest.take(0, 6);
    const version = rest.at(0) >> 4;
    const isFour = type === 0x0800 && version === 4 && rest.at(0) % 16 >= 5;
    if (!isFour && !(type === 0x86dd && version === 6)) return false;
    const length = isFour ? rest.at16(2) : rest.at16(4) + 40;
    const behind = rest.wire - length;
    return behind === 0 || behind === 4 || behind > 0 && rest.wire <= 46;
  } catch (error) {
    if (error instanceof Short) return false;
    throw error;
  }
}

function serviced(rest: Octets, headers: readonly string[]): Found {
  rest.take(0, 8);
  if (rest.at(0) >= 0x20) throw notIp();
  const length = rest.at(1) % 64 * 4;
  if (length < 8) throw new Bad();
  const more = listed(headers, `nsh:${rest.at24(4)}`);
  return behindNext(rest.at(3), () => rest.from(length), more);
}

/** What a next protocol of NSH and VXLAN-GPE names. */
export function behindNext(
  next: number,
  content: () => Octets,
  headers: readonly string[],
): Found {
  const type = [0, 0x0800, 0x86dd, 0x6558, 0x894f, 0x8847][next];
  if (!type) throw notIp();
  return behindType(type, content(), headers);
}
