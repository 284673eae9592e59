import type { FlowField } from "../../contract/flow_field.ts";
import type { FlowSink } from "../flow/flow_sink.ts";
import { IpfixFlows } from "./ipfix_flows.ts";
import { MOST_OCTETS } from "./message_writer.ts";

/** Writes flow records as an IPFIX file: messages, one behind the other (RFC 5655). */
export function ipfixFile(
  fields: readonly FlowField[],
  put: (octets: Uint8Array) => void,
): FlowSink {
  return new IpfixFlows(fields, { put, limit: () => MOST_OCTETS, now: Date.now }, null);
}
