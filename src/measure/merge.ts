import { type Connection, STATE } from "../contract/connection.ts";
import type { FlowRecord, MergedFlow, SocketFields } from "../contract/flow.ts";
import type { Arm } from "../contract/spider.ts";
import { rfc3339 } from "./time.ts";

/**
 * Joins what the socket said with what the wire showed of the same 5-tuple. A connection that stood
 * although no packet of the other side was captured was not observed: packets are missing.
 */
export function merge(
  connection: Connection,
  flow: FlowRecord | null,
  arm: Arm,
  config: number,
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
  if (flow === null) {
    const { local, remote } = connection;
    return {
      ...(local === null ? {} : { sip: local.address, sp: local.port }),
      dip: remote.address,
      dp: remote.port,
      ...socket,
      observed: false,
    };
  }
  const whole = flow.pkt_fwd > 0 && (connection.state !== STATE.ok || flow.pkt_rev > 0);
  return whole ? { ...flow, ...socket, observed: true } : { ...flow, ...socket, observed: false };
}
