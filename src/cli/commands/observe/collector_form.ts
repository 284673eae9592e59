import type { FlowField } from "../../../contract/flow_field.ts";
import { DatagramSender } from "../../../host/datagram_sender.ts";
import { ipfixStream } from "../../../result/ipfix/ipfix_stream.ts";
import { endpointIn } from "../../endpoint.ts";
import type { Form } from "./form.ts";

/** The port of collectors (RFC 7011, section 10.1). */
const PORT = 4739;

/** Sends flow records to a collector, by its address with a port or without. */
export function collectorForm(collector: string, fields: readonly FlowField[]): Form {
  const sender = new DatagramSender(endpointIn(collector, PORT));
  const flows = ipfixStream(fields, sender);
  let hasEnded = false;
  const end = () => {
    if (!hasEnded) flows.end();
    hasEnded = true;
  };
  return {
    records: (lines) => flows.records(lines),
    room: () => null,
    end: () => Promise.resolve(end()),
    async close() {
      try {
        await Promise.resolve(end());
      } finally {
        sender.close();
      }
    },
  };
}
