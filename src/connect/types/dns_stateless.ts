import type { Connection } from "../../contract/connection.ts";
import type { FlowRecord } from "../../contract/flow.ts";
import type { PacketSpec } from "../../contract/packet.ts";
import { ERRNO } from "../../host/errno.ts";
import { endedWith } from "../record.ts";
import type { Echo, Stateless, StatelessAnswer, StatelessAsk } from "../stateless.ts";
import { socketErrno } from "../transport/icmp_errno.ts";
import { packetOf } from "../transport/udp_sender.ts";
import { readBegin } from "./dns_begin.ts";
import {
  type DnsQuestion,
  encodeQuery,
  questionFor,
  readAnswer,
  unanswered,
} from "./dns_message.ts";

/** Where the question stands in a message. */
const QUESTION = 12;
/** The most letters whose case the token decides. */
const MOST_LETTERS = 16;

/** DNS questions over UDP of which nothing is remembered. */
export const statelessDns: Stateless = {
  sharesPort: true,
  forges: true,
  chains: ["udp", "icmp"],
  refuses(ask) {
    const question = questionFor(undefined, ask.dns);
    return typeof question === "string" ? `has no question: ${question}` : null;
  },
  packet: (local, remote, ask) =>
    packetOf({ local, remote, payload: encodeQuery(questionOf(ask)) }, ask.socket),
  echo,
  settle,
};

function questionOf({ dns }: StatelessAsk): DnsQuestion {
  const question = questionFor(undefined, dns);
  if (typeof question === "string") throw new Error(question); // such an arm was refused
  return question;
}

function echo({ payload = new Uint8Array() }: PacketSpec, at: number): Echo {
  const letters: number[] = [];
  // The labels of the name, each after its length
  for (let label = QUESTION; payload[label]! > 0; label += 1 + payload[label]!) {
    for (let i = label + 1; i <= label + payload[label]!; i++) {
      if (isLetter(payload[i]!) && letters.length < MOST_LETTERS) letters.push(at + i);
    }
  }
  return { kind: "dns", idAt: at, letters };
}

/** Whether an octet is a letter of ASCII, which names ignore the case of (RFC 4343). */
function isLetter(octet: number): boolean {
  const lower = octet | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

function settle(
  connection: Connection,
  _flow: FlowRecord,
  answer: StatelessAnswer | null,
  ask: StatelessAsk,
): Connection {
  const question = questionOf(ask);
  const none = unanswered(question.name, null);
  if (answer === null) return endedWith(connection, ERRNO.ETIMEDOUT, { ...none });
  if (answer.error !== null) {
    return endedWith(connection, socketErrno(answer.error) ?? ERRNO.ETIMEDOUT, { ...none });
  }
  const { payload, length } = answer;
  const asked = { ...question, id: idOf(payload) };
  const fields = payload.length < length ? readBegin(payload, asked) : readAnswer(payload, asked);
  // As a socket that was sent something else than the answer, and nothing more
  return typeof fields === "string"
    ? endedWith(connection, ERRNO.EPROTO, { ...unanswered(question.name, fields) })
    : endedWith(connection, 0, { ...fields });
}

/** The id of a message, which is known to be that of the question. */
function idOf(payload: Uint8Array): number {
  return payload.length < 2 ? 0 : payload[0]! << 8 | payload[1]!;
}
