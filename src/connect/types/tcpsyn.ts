import type { FlowRecord } from "../../contract/flow.ts";
import { ERRNO } from "../../host/errno.ts";
import type { ConnectionType } from "../connection_type.ts";
import { obstacle, probes, settled } from "../transport/probe.ts";

/**
 * A forged SYN, without a socket, sent again as TCP would while nothing answers. Where it is answered,
 * the kernel, which knows nothing of it, sends a RST.
 */
export const tcpsyn: ConnectionType = {
  name: "tcpsyn",
  summary: "a forged TCP SYN, and what answers it",
  transport: "raw",
  defaultPort: 80,
  fields: {},
  chains: ["tcp", "tcpx", "icmp"],
  open: (context) => probes(context, (packet, { forge }) => forge?.(packet) ?? packet, true),
  settle: (connection, flow) => settled(connection, flow, ending),
};

function ending(flow: FlowRecord): number | null {
  if (flow.tcpx_syn_acked) return 0;
  // A SYN-ACK for something else than was sent
  return obstacle(flow) ?? (flow.tcpx_synack_rev > 0 ? ERRNO.EPROTO : null);
}
