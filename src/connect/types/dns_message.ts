import { Buffer } from "node:buffer";
// @ts-types="../../types/dns_packet.d.ts"
import dnsPacket, { type DnsRecord, type Message } from "dns-packet";
import type { DnsOptions } from "../../contract/arm.ts";
import type { ArmOptionsOf } from "../connection_type.ts";
import { dnsName } from "./dns_name.ts";

/**
 * The name to ask for where a job has no domain, reserved for such uses (RFC 6761, section 6.5).
 */
const EXAMPLE = "example.com";

/** Octets of an answer that fit any path unfragmented, as resolvers have agreed (RFC 9715). */
const UDP_PAYLOAD = 1232;

/** A longer message is not read: names that point to names make its reading quadratic. */
export const LONGEST_MESSAGE = 16_384;

const HEADER = 12;
const RESPONSE = 0x8000;
const TRUNCATED = 0x0200;
const AUTHORITATIVE = 0x0400;
const RECURSION_AVAILABLE = 0x0080;

/** A question and the transaction id that its answer must have (RFC 5452, section 3). */
export interface DnsQuestion {
  readonly id: number;
  readonly name: string;
  readonly type: "A" | "AAAA";
  /** Whether it has EDNS. */
  readonly edns: boolean;
}

/** A record of an answer. */
export interface DnsAnswer {
  readonly name: string;
  readonly type: string;
  readonly ttl: number;
  /** Address or name as text; other types as `dns-packet` has them, octets in hexadecimal. */
  readonly data: unknown;
}

/** What a DNS connection type adds to a record. */
export interface DnsFields {
  readonly dns_name: string | null;
  readonly dns_rcode: string | null;
  readonly dns_truncated: boolean | null;
  readonly dns_complete: boolean | null;
  readonly dns_answers: readonly DnsAnswer[];
  readonly dns_error: string | null;
}

/** The same with their meanings, for help. */
export const DNS_FIELDS: Readonly<Record<keyof DnsFields, string>> = {
  dns_name: "the name that was asked for, null when it fits no question",
  dns_rcode: "response code, such as NOERROR or NXDOMAIN; null without an answer",
  dns_truncated: "the answer says that it was truncated; null without an answer",
  dns_complete:
    "the server is the name's own, or asks others for their answers, so that what it does " +
    "not tell is not there; null without an answer",
  dns_answers: "records of the answer section, each with name, type, ttl (seconds) and data",
  dns_error: "why there was no question, or what came is not the answer to it; else null",
};

/** What arms may ask of DNS. */
export const DNS_OPTIONS: ArmOptionsOf<"dns"> = {
  member: "dns",
  summary: "what is asked of DNS",
  values: {
    name: { type: "string", summary: "the name to ask for" },
    type: { type: "string", choices: ["A", "AAAA"], summary: "the type of record to ask for" },
    edns: { type: "boolean", summary: "whether the question has EDNS" },
  },
};

/** The fields of a question without an answer, and why there is none if that is known. */
export function unanswered(name: string | null, error: string | null): DnsFields {
  return {
    dns_name: name,
    dns_rcode: null,
    dns_truncated: null,
    dns_complete: null,
    dns_answers: [],
    dns_error: error,
  };
}

/** What to ask for a job, with an id of its own; the problem in words when its name does not fit. */
export function questionFor(
  domain: string | undefined,
  options: DnsOptions | undefined,
): DnsQuestion | string {
  const name = dnsName(options?.name ?? domain ?? EXAMPLE);
  if ("problem" in name) return name.problem;
  const [id] = crypto.getRandomValues(new Uint16Array(1));
  return { id: id!, name: name.name, type: options?.type ?? "A", edns: options?.edns ?? true };
}

/** The query (RFC 1035, section 4.1), with EDNS (RFC 6891) or without, asking for recursion. */
export function encodeQuery({ id, name, type, edns }: DnsQuestion): Uint8Array<ArrayBuffer> {
  return dnsPacket.encode({
    type: "query",
    id,
    flags: dnsPacket.RECURSION_DESIRED,
    questions: [{ name, type, class: "IN" }],
    additionals: edns ? [{ name: ".", type: "OPT", udpPayloadSize: UDP_PAYLOAD }] : [],
  });
}

/**
 * Reads what came as the answer to a question. A string says why it is not. It never throws,
 * whatever the octets.
 */
export function readAnswer(octets: Uint8Array, question: DnsQuestion): DnsFields | string {
  if (octets.length < HEADER) return "what came is shorter than a DNS message";
  if (octets.length > LONGEST_MESSAGE) {
    return `what came is longer than ${LONGEST_MESSAGE} octets`;
  }
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  const flags = view.getUint16(2);
  if ((flags & RESPONSE) === 0) return "what came is no DNS response";
  if (view.getUint16(0) !== question.id) return "the answer has another transaction id";
  const truncated = (flags & TRUNCATED) !== 0;
  const message = decode(octets);
  if (message === null) return "the answer is no well-formed DNS message";
  if (!answers(message, question)) return "the answer is to another question";
  return {
    dns_name: question.name,
    dns_rcode: rcodeOf(message),
    dns_truncated: truncated,
    dns_complete: (flags & (AUTHORITATIVE | RECURSION_AVAILABLE)) !== 0,
    dns_answers: message.answers.map(readable),
    dns_error: null,
  };
}

/**
 * The library throws on most malformed input. It checks neither the length of an address record nor
 * the end of the message; where one is wrong, the lengths do not add up.
 */
function decode(octets: Uint8Array): Message | null {
  try {
    const { buffer, byteOffset, byteLength } = octets;
    const message = dnsPacket.decode(Buffer.from(buffer, byteOffset, byteLength));
    return dnsPacket.decode.bytes === octets.length ? message : null;
  } catch {
    return null;
  }
}

/** Whether a message repeats our question. One that reports an error may leave it out. */
function answers(message: Message, { name, type }: DnsQuestion): boolean {
  const [asked, ...more] = message.questions;
  if (asked === undefined) return rcodeOf(message) !== "NOERROR";
  return more.length === 0 && asked.name.toLowerCase() === name && asked.type === type &&
    asked.class === "IN";
}

/** The response code, of which EDNS has the upper eight bits (RFC 6891, section 6.1.3). */
function rcodeOf({ flags, rcode, additionals }: Message): string {
  const extended = additionals.find(({ type }) => type === "OPT")?.extendedRcode ?? 0;
  return extended === 0 ? rcode : `RCODE_${extended << 4 | flags & 15}`;
}

function readable({ name, type, ttl, data }: DnsRecord): DnsAnswer {
  return { name, type, ttl: ttl ?? 0, data: plain(data) };
}

/** Octets become text, wherever they are. */
function plain(data: unknown): unknown {
  if (data instanceof Uint8Array) return data.toHex();
  if (Array.isArray(data)) return data.map(plain);
  if (typeof data !== "object" || data === null) return data ?? null;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, plain(value)]));
}
