import type { FlowRecord } from "../../contract/flow.ts";
import { ERRNO } from "../../host/errno.ts";
import { endedWith } from "../record.ts";
import type { Stateless, StatelessAnswer } from "../stateless.ts";
import { synPacket } from "./syn.ts";

/**
 * SYNs of which nothing is remembered. Each arm has a source port of its own, since a second SYN on
 * a half-open connection would be answered for the first (RFC 9293, section 3.10.7.4).
 *
 * @param ending what answered a SYN, by error number, 0 for success; null for nothing
 */
export function statelessSyn(
  ending: (flow: FlowRecord, answer: StatelessAnswer | null) => number | null,
): Stateless {
  return {
    sharesPort: false,
    forges: false,
    chains: ["tcp", "tcpx", "icmp"],
    packet: (local, remote, { socket }) => synPacket(local, remote, socket),
    echo: () => ({ kind: "sequence" }),
    settle: (connection, flow, answer) =>
      endedWith(connection, ending(flow, answer) ?? ERRNO.ETIMEDOUT),
  };
}
