import type { Connection } from "../../contract/connection.ts";
import { wallClock } from "../../host/clock.ts";
import { ERRNO } from "../../host/errno.ts";
import type { SocketProtocol } from "../../host/socket.ts";
import type { ConnectRequest } from "../connection_type.ts";
import { type DnsQuestion, questionFor, unanswered } from "./dns_message.ts";
import { record } from "../record.ts";

/**
 * Sends a request's question. A name that fits no question is data: the connection failed with
 * EINVAL.
 */
export function ask(
  transport: SocketProtocol,
  request: ConnectRequest,
  dial: (question: DnsQuestion) => Promise<Connection>,
): Promise<Connection> {
  const question = questionFor(request.domain, request.dns);
  if (typeof question !== "string") return dial(question);
  const fields = { ...unanswered(null, question) };
  return Promise.resolve(
    record(transport, request.remote, null, wallClock(), ERRNO.EINVAL, fields),
  );
}
