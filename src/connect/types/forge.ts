import { Failure } from "../../host/failure.ts";
import type { ConnectionType } from "../connection_type.ts";
import { obstacle, probes, settled, synProbes } from "../transport/probe.ts";

/** Any packet, which the arm makes from a SYN. */
export const forge: ConnectionType = {
  name: "forge",
  summary: "a packet that the arm forges, and whether anything answers it",
  transport: "raw",
  defaultPort: 80,
  fields: {},
  chains: ["tcp", "icmp"],
  open: (context) =>
    probes(
      context,
      synProbes((packet, { forge }) => {
        if (forge !== undefined) return forge(packet);
        throw new Failure(
          "the connection type forge sends what an arm forges, and this arm has no `forge`: give it " +
            "one, or use tcpsyn",
        );
      }, false),
    ),
  settle: (connection, flow) =>
    settled(connection, flow, (flow) => obstacle(flow) ?? (flow.pkt_rev > 0 ? 0 : null)),
};
