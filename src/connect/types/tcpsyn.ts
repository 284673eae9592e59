import type { ConnectionType } from "../connection_type.ts";
import { answerToSyn, probes, settled, synProbes } from "../transport/probe.ts";
import { statelessSyn } from "../transport/stateless_syn.ts";

/** Chains that show what answers a SYN. */
const CHAINS = ["tcp", "tcpx", "icmp"];

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
  chains: CHAINS,
  open: (context) =>
    probes(context, synProbes((packet, { forge }) => forge?.(packet) ?? packet, true)),
  settle: (connection, flow) => settled(connection, flow, answerToSyn),
  stateless: { ...statelessSyn(answerToSyn), forges: true },
};
