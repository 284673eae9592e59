import type { FlowField } from "../../contract/flow_field.ts";
import { addressBytes } from "../../host/address.ts";
import { type FieldKind, kindOf } from "../flow/field_kind.ts";
import type { Octets } from "./octets.ts";

/** The number that RFC 5612 sets aside for examples: this program has none of its own. */
export const OWN_ENTERPRISE = 32_473;
/** Makes an element that of the other direction (RFC 5103, section 6.1). */
const REVERSE_ENTERPRISE = 29_305;

/** The length of an element that says its length itself. */
const VARIABLE = 0xffff;

/** Data types by their numbers (RFC 5610, section 3.1). */
const TYPE = {
  octetArray: 0,
  unsigned8: 1,
  signed32: 7,
  signed64: 8,
  float64: 10,
  boolean: 11,
  string: 13,
  dateTimeMicroseconds: 16,
} as const;

/** An information element, and how a field's value is written as one. */
export interface Element {
  readonly number: number;
  /** 0 for those of IANA. */
  readonly enterprise: number;
  /** Octets of a value. */
  readonly length: number;
  write(to: Octets, value: unknown): void;
}

/** An element under the program's own number, which the output must describe. */
export interface OwnElement extends Element {
  /** Of its data type. */
  readonly type: number;
}

/** Words for the values of flowEndReason (RFC 5102, section 5.11.3), which begin at 1. */
const END_REASONS = ["", "idle", "active", "end", "forced", "resources"];

/**
 * The elements of IANA (https://www.iana.org/assignments/ipfix) that mean what a field means; empty
 * when there are none.
 *
 * @param version of the flow's addresses
 */
export function ianaElements(name: string, version: 4 | 6): readonly Element[] {
  const isFour = version === 4;
  const octet: Element["write"] = (to, value) => to.u8(value as number);
  switch (name) {
    case "sip":
      return [address(isFour ? 8 : 27, version)];
    case "dip":
      return [address(isFour ? 12 : 28, version)];
    case "proto":
      return [iana(4, 1, octet)];
    case "sp":
      return [iana(7, 2, (to, value) => to.u16(value as number))];
    case "dp":
      return [iana(11, 2, (to, value) => to.u16(value as number))];
    case "pkt_first":
      return times(152, 154);
    case "pkt_last":
      return times(153, 155);
    case "pkt_fwd":
      return [counter(2)];
    case "pkt_rev":
      return [counter(2, REVERSE_ENTERPRISE)];
    case "oct_fwd":
      return [counter(1)];
    case "oct_rev":
      return [counter(1, REVERSE_ENTERPRISE)];
    case "icmp_type_fwd":
      return [iana(isFour ? 176 : 178, 1, octet)];
    case "icmp_code_fwd":
      return [iana(isFour ? 177 : 179, 1, octet)];
    case "icmp_type_rev":
      return [iana(isFour ? 176 : 178, 1, octet, REVERSE_ENTERPRISE)];
    case "icmp_code_rev":
      return [iana(isFour ? 177 : 179, 1, octet, REVERSE_ENTERPRISE)];
    case "part_end":
      return [iana(136, 1, (to, value) => to.u8(END_REASONS.indexOf(value as string)))];
    case "tcpx_payload_fwd":
      return [counter(231)];
    case "tcpx_payload_rev":
      return [counter(232)];
  }
  return [];
}

/** biflowDirection (RFC 5103, section 6.3): forward is the direction of who began, as far as is known. */
export const BIFLOW_DIRECTION = iana(239, 1, (to) => to.u8(1));

function iana(number: number, length: number, write: Element["write"], enterprise = 0): Element {
  return { number, enterprise, length, write };
}

function address(number: number, version: 4 | 6): Element {
  const length = version === 4 ? 4 : 16;
  return iana(number, length, (to, value) => to.bytes(addressBytes(value as string)));
}

function counter(number: number, enterprise = 0): Element {
  return iana(number, 8, (to, value) => to.u64(BigInt(value as number)), enterprise);
}

/** A time both in milliseconds, which collectors read, and in the microseconds that it has. */
function times(milliseconds: number, microseconds: number): readonly Element[] {
  return [
    iana(milliseconds, 8, (to, value) => to.u64(microsecondsOf(value as number) / 1000n)),
    iana(microseconds, 8, (to, value) => to.u64(ntpTime(microsecondsOf(value as number)))),
  ];
}

function microsecondsOf(seconds: number): bigint {
  return BigInt(Math.round(seconds * 1e6));
}

/** Seconds between 1900 and 1970. */
const NTP_EPOCH = 2_208_988_800n;

/** Seconds since 1900 and their fraction, 32 bits each; from 2036 on they begin again (RFC 7011, section 6.1.9). */
function ntpTime(microseconds: bigint): bigint {
  const [seconds, rest] = [microseconds / 1_000_000n, microseconds % 1_000_000n];
  // Rounded up, so that whoever cuts it off to microseconds has the same again
  const fraction = ((rest << 32n) + 999_999n) / 1_000_000n;
  return BigInt.asUintN(64, (seconds + NTP_EPOCH << 32n) + fraction);
}

/** No integer of a field is so small: JavaScript holds those exactly that have 53 bits. */
const NO_INTEGER = -(2n ** 63n);

/**
 * The element of a field that has none of IANA's. IPFIX knows no null; which value stands for it is
 * on the page about observing.
 */
export function ownElement(field: FlowField, number: number): OwnElement {
  return { number, enterprise: OWN_ENTERPRISE, ...ownForm(kindOf(field)) };
}

function ownForm(
  { base, isList, mayBeNull }: FieldKind,
): Pick<OwnElement, "type" | "length" | "write"> {
  if (isList || base === "json") {
    return {
      ...{ type: TYPE.string, length: VARIABLE },
      write: (to, value) => to.text(value === null ? "" : JSON.stringify(value)),
    };
  }
  switch (base) {
    case "string":
    case "word":
      return {
        ...{ type: TYPE.string, length: VARIABLE },
        write: (to, value) => to.text(value as string | null ?? ""),
      };
    case "address":
      return {
        ...{ type: TYPE.octetArray, length: VARIABLE },
        write: (to, value) =>
          to.variable(value === null ? new Uint8Array() : addressBytes(value as string)),
      };
    case "boolean":
      return {
        ...{ type: mayBeNull ? TYPE.unsigned8 : TYPE.boolean, length: 1 },
        write: (to, value) => to.u8(value === null ? 0 : value ? 1 : 2), // RFC 7011, section 6.1.5
      };
    case "number":
      return {
        ...{ type: TYPE.float64, length: 8 },
        write: (to, value) => to.f64(value as number | null ?? NaN),
      };
    case "time":
      return {
        ...{ type: TYPE.dateTimeMicroseconds, length: 8 },
        write: (to, value) =>
          to.u64(value === null ? 0n : ntpTime(microsecondsOf(value as number))),
      };
    case "port":
    case "protocol":
      return {
        ...{ type: TYPE.signed32, length: 4 },
        write: (to, value) => to.i32(value as number | null ?? -1),
      };
    case "integer":
      return {
        ...{ type: TYPE.signed64, length: 8 },
        write: (to, value) => to.i64(value === null ? NO_INTEGER : BigInt(value as number)),
      };
  }
}
