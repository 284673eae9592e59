import { type Connection, STATE } from "../contract/connection.ts";
import type {
  FlowRecord,
  MergedFlow,
  Missed,
  ObservedFlow,
  SocketFields,
} from "../contract/flow.ts";
import type { Arm } from "../contract/arm.ts";
import type { Target } from "../contract/job.ts";
import { rfc3339 } from "./time.ts";

/**
 * Joins the socket's view with the wire's view of the same 5-tuple. A connection that came up
 * although no packet of the other side was captured was not observed: packets are missing. Nor was
 * one that did not come up, when this host refused answers that were not captured.
 *
 * @param watched false when the spider does not watch packets: only the socket's view counts then
 */
export function merge(
  connection: Connection,
  flow: FlowRecord | Missed,
  arm: Arm<Target>,
  config: number,
  watched = true,
): MergedFlow {
  const socket: SocketFields = {
    spdr_state: connection.state,
    spdr_outcome: connection.outcome,
    spdr_errno: connection.errno,
    spdr_start: rfc3339(connection.start),
    spdr_stop: rfc3339(connection.stop),
    config,
    arm: arm.name,
    ...connection.fields,
  };
  if (typeof flow === "string") {
    const { local, remote } = connection;
    const known = {
      ...(local === null ? {} : { sip: local.address, sp: local.port }),
      dip: remote.address,
      dp: remote.port,
      ...socket,
    };
    return watched
      ? { ...known, observed: false, missed: flow }
      : { ...known, observed: true } as ObservedFlow;
  }
  const missed = missedOf(connection, flow);
  if (missed === null) return { ...flow, ...socket, observed: true };
  return { ...flow, ...socket, observed: false, missed };
}

/** Why the capture is known to be incomplete; null when nothing shows that. */
export function missedOf({ state }: Connection, flow: FlowRecord): Missed | null {
  if (flow.pkt_fwd === 0) return "no packet seen";
  if (flow.pkt_rev > 0) return null;
  if (state === STATE.ok) return "no answer seen";
  // A socket that waits for an answer refuses none: the kernel does, by a RST or an ICMP error, when
  // it has no socket for what came in on another interface than the one that the socket is bound to
  return flow.tcp_rst_fwd || flow.icmp_unreachable_fwd ? "answers elsewhere" : null;
}
