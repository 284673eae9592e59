import type { ConnectionType } from "../connect/connection_type.ts";
import { RunPorts } from "../connect/run_ports.ts";
import type { Arm } from "../contract/arm.ts";
import type { Target } from "../contract/job.ts";
import type { PortRange } from "../host/port_range.ts";
import type { OwnPackets } from "../observe/own_packets.ts";
import { connectionsAtOnce } from "./flow_budget.ts";

/** What determines which packets belong to a run. */
export interface RunPacketsOptions {
  readonly arms: readonly Arm<Target>[];
  readonly connect: ConnectionType;
  /** Targets in flight at once. */
  readonly workers: number;
  /** Ports of the namespaces that arms have; none where nothing is isolated. */
  readonly isolated: readonly PortRange[];
  /** Local ports that something else of this program sends from; none when missing. */
  readonly avoided?: PortRange;
}

/** The local ports of a run, and what a capture has to keep for it. */
export function runPackets(
  { arms, connect, workers, isolated, avoided }: RunPacketsOptions,
): { readonly ports: RunPorts; readonly own: OwnPackets } {
  const forges = connect.settle !== undefined || arms.some(choosesPorts);
  const ports = RunPorts.choose(connectionsAtOnce(workers, arms.length), forges, avoided);
  const named = arms.flatMap(({ socket }) => socket?.bindPort ? [socket.bindPort] : []);
  const known = [
    ports.sockets,
    ...ports.forged,
    ...isolated,
    ...named.map((port) => ({ first: port, last: port })),
  ];
  return {
    ports,
    own: {
      ports: known,
      others: connect.portless === true || arms.some(({ forge }) => forge !== undefined),
    },
  };
}

/** Whether an arm may choose ports itself, which are known only when it runs. */
function choosesPorts({ connect, forge }: Arm<Target>): boolean {
  return connect !== undefined || forge !== undefined;
}
