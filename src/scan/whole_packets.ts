import type { IcmpError, StatelessAnswer } from "../connect/stateless.ts";
import type { Endpoint } from "../contract/job.ts";
import { addressBytes } from "../host/address.ts";
import { IPPROTO_ICMP, IPPROTO_ICMPV6, IPPROTO_TCP, IPPROTO_UDP } from "../host/ip_protocol.ts";
import type { ArmAnswer } from "./answered_target.ts";
import { timestampsIn, transportIn } from "./packet_places.ts";
import type { ProbeTemplate } from "./probe_template.ts";
import { CHECKSUM_AT } from "./zeroed.ts";

// What tells one probe from another stands for the token and the clock of every probe: answers are
// known to have repeated them.
const SEQUENCE = 0x1a2b_3c4d;
const THEIR_SEQUENCE = 0x5e6f_7081;
const IDENTIFICATION = 0x1234;
const OUR_CLOCK = 0x0765_4321;
const THEIR_CLOCK = 0x0abc_def0;
/** Any checksum but zero, which would say that there is none; nothing is checked against it. */
const CHECKSUM = 0xffff;
const DIGITS = new TextEncoder().encode("0123456789abcdef");

/** Octets of a header of UDP or ICMP. */
const HEADER = 8;

/** The two ends of a probe. */
export interface Ends {
  readonly local: Endpoint;
  readonly remote: Endpoint;
}

/** A template's packet to a target, whole but for right checksums. */
export function wholeProbe(template: ProbeTemplate, { local, remote }: Ends): Uint8Array {
  const { version, protocol, transportAt: at, echo, timestampAt, checksum } = template;
  const octets = template.octets.slice();
  const view = new DataView(octets.buffer);
  if (version === 4) view.setUint16(4, IDENTIFICATION);
  setAddresses(octets, 0, version, local.address, remote.address);
  if (protocol === IPPROTO_TCP || protocol === IPPROTO_UDP) {
    view.setUint16(at, local.port);
    view.setUint16(at + 2, remote.port);
  }
  if (checksum === "right") view.setUint16(at + CHECKSUM_AT[protocol]!, CHECKSUM);
  if (timestampAt !== null) view.setUint32(timestampAt, OUR_CLOCK);
  switch (echo.kind) {
    case "sequence":
      view.setUint32(at + 4, SEQUENCE);
      break;
    case "dns":
      view.setUint16(echo.idAt, IDENTIFICATION);
      break;
    case "text":
      octets.set(DIGITS, echo.at);
      break;
    case "echo":
      view.setUint16(at + 4, local.port);
      view.setUint16(at + 6, IDENTIFICATION);
      view.setUint32(echo.at, SEQUENCE);
  }
  return octets;
}

/** An answer to a probe, whole but for right checksums, and what a connection type makes of it. */
export interface WholeAnswer {
  readonly octets: Uint8Array;
  readonly answer: StatelessAnswer;
}

/** Puts back what an answer has from the probe that it is to. */
export function wholeAnswer(
  { octets: kept, length }: Pick<ArmAnswer, "octets" | "length">,
  template: ProbeTemplate,
  probe: Uint8Array,
  { local, remote }: Ends,
): WholeAnswer {
  const octets = kept.slice();
  const { version } = template;
  setAddresses(octets, 0, version, remote.address, local.address);
  const place = transportIn(octets);
  const none = { octets, answer: { payload: new Uint8Array(), length: 0, error: null } };
  if (place === null || place.at + HEADER > octets.length) return none;
  const { at, protocol } = place;
  const view = new DataView(octets.buffer);
  if (protocol === IPPROTO_TCP || protocol === IPPROTO_UDP) {
    view.setUint16(at, remote.port);
    view.setUint16(at + 2, local.port);
  }
  if (protocol === IPPROTO_TCP) {
    acknowledge(view, at, octets, template, probe);
    return none;
  }
  let error: IcmpError | null = null;
  if (protocol === IPPROTO_UDP) repeatQuestion(octets, at + HEADER, template, probe);
  else if (protocol === IPPROTO_ICMP || protocol === IPPROTO_ICMPV6) {
    if (isError(version, octets[at]!)) {
      error = { version, type: octets[at]!, code: octets[at + 1]! };
      quote(octets, at + HEADER, template, probe, { local, remote });
    } else {
      const from = template.transportAt;
      octets.set(probe.subarray(from + 4, from + HEADER), at + 4);
      repeat(octets, at + HEADER, probe, from + HEADER, 8);
    }
  }
  const begin = at + HEADER;
  return {
    octets,
    answer: {
      payload: error === null ? octets.subarray(begin) : none.answer.payload,
      length: error === null ? Math.max(0, length - begin) : 0,
      error,
    },
  };
}

/** A TCP answer acknowledges the SYN, and echoes its timestamp (RFC 7323, section 3.2). */
function acknowledge(
  view: DataView,
  at: number,
  octets: Uint8Array,
  template: ProbeTemplate,
  probe: Uint8Array,
): void {
  if (at + 20 > octets.length) return;
  view.setUint32(at + 4, THEIR_SEQUENCE);
  view.setUint32(at + 8, SEQUENCE + 1);
  const option = timestampsIn(octets, at);
  if (option === null) return;
  view.setUint32(option + 2, THEIR_CLOCK);
  const own = timestampsIn(probe, template.transportAt);
  if (own !== null) octets.set(probe.subarray(own + 2, own + 6), option + 6);
}

/** A DNS answer repeats id and question. */
function repeatQuestion(
  octets: Uint8Array,
  payload: number,
  { echo, transportAt }: ProbeTemplate,
  probe: Uint8Array,
): void {
  if (echo.kind !== "dns") return;
  const from = transportAt + HEADER;
  repeat(octets, payload, probe, from, 2);
  for (const letter of echo.letters) repeat(octets, payload + letter - from, probe, letter, 1);
}

function repeat(to: Uint8Array, at: number, from: Uint8Array, begin: number, count: number): void {
  const room = Math.max(0, Math.min(count, to.length - at));
  if (room > 0) to.set(from.subarray(begin, begin + room), at);
}

/** Whether a message is an error, which quotes a packet (RFC 792; RFC 4443, section 2.1). */
function isError(version: 4 | 6, type: number): boolean {
  return version === 6 ? type < 128 : type === 3 || type === 4 || type === 5 || type === 11 ||
    type === 12;
}

/** Puts into a quotation what is the probe's own, as far as it goes. */
function quote(
  octets: Uint8Array,
  begin: number,
  template: ProbeTemplate,
  probe: Uint8Array,
  { local, remote }: Ends,
): void {
  const { version, transportAt, protocol } = template;
  if (begin + transportAt > octets.length) return;
  if (version === 4) repeat(octets, begin + 4, probe, 4, 2);
  setAddresses(octets, begin, version, local.address, remote.address);
  const place = transportIn(octets, begin);
  if (place === null || place.protocol !== protocol) return;
  if (protocol === IPPROTO_ICMP || protocol === IPPROTO_ICMPV6) {
    repeat(octets, place.at + 4, probe, transportAt + 4, 4);
  } else repeat(octets, place.at, probe, transportAt, protocol === IPPROTO_TCP ? 8 : 4);
}

function setAddresses(
  octets: Uint8Array,
  at: number,
  version: 4 | 6,
  source: string,
  destination: string,
): void {
  const [from, size] = version === 4 ? [12, 4] : [8, 16];
  if (at + from + 2 * size > octets.length) return;
  octets.set(addressBytes(source), at + from);
  octets.set(addressBytes(destination), at + from + size);
}
