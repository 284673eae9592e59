import type { ConnectionType } from "../connection_type.ts";
import type { DatagramExchange } from "../transport/datagram.ts";
import { ask } from "./dns_ask.ts";
import {
  DNS_FIELDS,
  DNS_OPTIONS,
  type DnsFields,
  type DnsQuestion,
  encodeQuery,
  readAnswer,
  unanswered,
} from "./dns_message.ts";
import { statelessDns } from "./dns_stateless.ts";
import { udpDials } from "../dialer.ts";
import { IPPROTO_UDP } from "../../host/ip_protocol.ts";

/** A DNS question in a UDP datagram (RFC 1035, section 4.2.1). */
export const dnsudp: ConnectionType = {
  name: "dnsudp",
  summary: "a DNS question over UDP, for the address of the target's domain or of example.com",
  transport: "udp",
  defaultPort: 53,
  fields: DNS_FIELDS,
  options: DNS_OPTIONS,
  chains: ["icmp"],
  open(context) {
    const dialer = udpDials(context);
    return {
      connect: (request) =>
        ask(
          IPPROTO_UDP,
          request,
          (question) => dialer.connect(request, new DatagramQuestion(question)),
        ),
      close: () => dialer.close(),
    };
  },
  stateless: statelessDns,
};

/** One question and its answer. What is no answer to it is passed over (RFC 5452, section 9.1). */
class DatagramQuestion implements DatagramExchange {
  readonly #question: DnsQuestion;
  #fields: DnsFields;

  constructor(question: DnsQuestion) {
    this.#question = question;
    this.#fields = unanswered(question.name, null);
  }

  request(): Uint8Array<ArrayBuffer> {
    return encodeQuery(this.#question);
  }

  received(data: Uint8Array<ArrayBuffer>): boolean {
    const answer = readAnswer(data, this.#question);
    this.#fields = typeof answer === "string" ? unanswered(this.#question.name, answer) : answer;
    return typeof answer !== "string";
  }

  fields(): Readonly<Record<string, unknown>> {
    return { ...this.#fields };
  }
}
