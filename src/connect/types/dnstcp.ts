import type { ConnectionType } from "../connection_type.ts";
import { tcpDials } from "../dialer.ts";
import { ask } from "./dns_ask.ts";
import {
  DNS_FIELDS,
  DNS_OPTIONS,
  type DnsFields,
  type DnsQuestion,
  encodeQuery,
  LONGEST_MESSAGE,
  readAnswer,
  unanswered,
} from "./dns_message.ts";
import type { Exchange, ExchangeProgress } from "../transport/exchange.ts";
import { IPPROTO_TCP } from "../../host/ip_protocol.ts";

/** Octets of the length that stands before each message. */
const PREFIX = 2;

/** A DNS question over TCP (RFC 1035, section 4.2.2; RFC 7766). */
export const dnstcp: ConnectionType = {
  name: "dnstcp",
  summary: "a DNS question over TCP, for the address of the target's domain or of example.com",
  transport: "tcp",
  defaultPort: 53,
  fields: DNS_FIELDS,
  options: DNS_OPTIONS,
  chains: ["tcp"],
  open(context) {
    const dialer = tcpDials(context);
    return {
      connect: (request) =>
        ask(
          IPPROTO_TCP,
          request,
          (question) => dialer.connect(request, new StreamQuestion(question)),
        ),
      close: () => dialer.close(),
    };
  },
};

/**
 * One question and its answer, which comes in pieces of any size. It never throws, whatever the
 * octets.
 */
export class StreamQuestion implements Exchange {
  readonly #question: DnsQuestion;
  readonly #prefix = new Uint8Array(PREFIX);
  #message: Uint8Array<ArrayBuffer> | null = null;
  #read = 0;
  #fields: DnsFields;

  constructor(question: DnsQuestion) {
    this.#question = question;
    this.#fields = unanswered(question.name, null);
  }

  request(): Uint8Array<ArrayBuffer> {
    const query = encodeQuery(this.#question);
    // One segment: a server may treat a length that arrives alone as a slow attack (RFC 7766,
    // section 8)
    const octets = new Uint8Array(PREFIX + query.length);
    new DataView(octets.buffer).setUint16(0, query.length);
    octets.set(query, PREFIX);
    return octets;
  }

  received(data: Uint8Array<ArrayBuffer>): ExchangeProgress {
    let at = 0;
    while (at < data.length && this.#read < PREFIX) this.#prefix[this.#read++] = data[at++]!;
    if (this.#read < PREFIX) return "more";
    const length = this.#prefix[0]! << 8 | this.#prefix[1]!;
    if (length > LONGEST_MESSAGE) {
      return this.#invalid(`the answer is longer than ${LONGEST_MESSAGE} octets`);
    }
    this.#message ??= new Uint8Array(length);
    const part = data.subarray(at, at + length - (this.#read - PREFIX));
    this.#message.set(part, this.#read - PREFIX);
    this.#read += part.length;
    if (this.#read < PREFIX + length) return "more";
    const answer = readAnswer(this.#message, this.#question);
    if (typeof answer === "string") return this.#invalid(answer);
    this.#fields = answer;
    return "complete";
  }

  ended(): boolean {
    const error = this.#read === 0
      ? "the server closed without an answer"
      : "the server closed in the middle of its answer";
    this.#fields = unanswered(this.#question.name, error);
    return false;
  }

  fields(): Readonly<Record<string, unknown>> {
    return { ...this.#fields };
  }

  #invalid(error: string): ExchangeProgress {
    this.#fields = unanswered(this.#question.name, error);
    return "invalid";
  }
}
