import type { FlowRecord } from "../../contract/flow.ts";
import type { ConnectionType } from "../connection_type.ts";
import { tcpDials } from "../dialer.ts";
import type { StatelessAnswer } from "../stateless.ts";
import { icmpErrno } from "../transport/icmp_errno.ts";
import { answerToSyn } from "../transport/probe.ts";
import { statelessSyn } from "../transport/stateless_syn.ts";

/** A TCP handshake, then close. */
export const tcp: ConnectionType = {
  name: "tcp",
  summary: "a TCP handshake, then close",
  transport: "tcp",
  defaultPort: 80,
  fields: {},
  chains: ["tcp"],
  open: tcpDials,
  stateless: {
    ...statelessSyn(ending),
    // A socket answers a SYN-ACK that acknowledges its SYN with the third segment, whatever it
    // carries (RFC 9293, section 3.10.7.3)
    completed: { tcp_connected: true },
  },
};

/** How a socket that has sent a SYN ends: also by errors that are only temporary to others. */
function ending(flow: FlowRecord, answer: StatelessAnswer | null): number | null {
  return answer === null || answer.error === null
    ? answerToSyn(flow)
    : icmpErrno(answer.error)?.errno ?? null;
}
