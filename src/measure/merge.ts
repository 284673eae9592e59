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
 * Joins what the socket said with what the wire showed of the same 5-tuple. A connection that stood
 * although no packet of the other side was captured was not observed: packets are missing.
 *
 * @param watched false when the spider wants no packets watched: the socket then says it all
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
  const whole = flow.pkt_fwd > 0 && (connection.state !== STATE.ok || flow.pkt_rev > 0);
  if (whole) return { ...flow, ...socket, observed: true };
  const missed = flow.pkt_fwd > 0 ? "no answer seen" : "no packet seen";
  return { ...flow, ...socket, observed: false, missed };
}
