import type { FlowField } from "../../contract/flow_field.ts";
import type { DatagramSender } from "../../host/datagram_sender.ts";
import type { FlowSink } from "../flow/flow_sink.ts";
import { IpfixFlows } from "./ipfix_flows.ts";

/** A collector that came late, or lost the first message, knows what comes so much later. */
const REFRESH = { milliseconds: 30_000, messages: 1000 };

/** Sends flow records as IPFIX over UDP (RFC 7011, section 10.3), each message as a datagram. */
export function ipfixStream(
  fields: readonly FlowField[],
  sender: Pick<DatagramSender, "send" | "limit">,
): FlowSink {
  return new IpfixFlows(fields, {
    put: (message) => sender.send(message),
    limit: () => sender.limit,
    now: Date.now,
  }, REFRESH);
}
