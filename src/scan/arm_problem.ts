import type { ConnectionType } from "../connect/connection_type.ts";
import type { Stateless, StatelessAsk } from "../connect/stateless.ts";
import type { Arm } from "../contract/arm.ts";
import type { Target } from "../contract/job.ts";
import type { SpiderOf } from "../contract/spider.ts";

/** A connection type with a stateless form. */
export type StatelessType = ConnectionType & { readonly stateless: Stateless };

/** The most arms: so many answers of a target are kept (wasm/assembly/scan/answers/targets.ts). */
export const MOST_ARMS = 5;

/** What an arm asks of the packet that it sends. */
export function askOf({ socket = {}, dns, udp }: Arm<Target>): StatelessAsk {
  return {
    socket,
    ...(dns === undefined ? {} : { dns }),
    ...(udp === undefined ? {} : { udp }),
  };
}

/** Why a spider cannot be scanned whatever it connects over, as a sentence's end; null when it can. */
export function spiderProblem(
  spider: SpiderOf<Target>,
  arms: readonly Arm<Target>[],
): string | null {
  if (spider.needs === "domain") return "it needs a domain of each target, which no scan has";
  if (spider.jobs !== undefined) return "it makes targets for others in place of results";
  if (spider.preConnect !== undefined || spider.postConnect !== undefined) {
    return "it has something to do before or after each connection, of which a scan makes none";
  }
  if (arms.length > MOST_ARMS) {
    return `it has ${arms.length} arms, and a scan keeps the answers to ${MOST_ARMS} at most`;
  }
  return null;
}

/**
 * Why an arm cannot be sent as one packet over a connection type, as a sentence's end; null when it
 * can.
 */
export function armProblem(arm: Arm<Target>, type: StatelessType): string | null {
  const { stateless, name } = type;
  const { socket = {} } = arm;
  if (arm.connect !== undefined) return "connects in a way of its own";
  if (arm.after !== undefined) return `waits for the connection of the arm ${arm.after}`;
  if (arm.http !== undefined) return "asks something of HTTP";
  if (socket.fastOpen !== undefined) return "asks for `fastOpen`, which takes a cookie a target";
  if (socket.mark !== undefined) {
    return "has a firewall `mark`, of which a scan's packets have none";
  }
  if (socket.bindPort) return "has a `bindPort`, where the ports of a scan carry a token";
  const problem = systemProblem(arm, type);
  if (problem !== null) return problem;
  if (arm.forge !== undefined && !stateless.forges) {
    return `forges a packet, which the connection type ${name} does not send`;
  }
  return stateless.refuses?.(askOf(arm)) ?? null;
}

/** Where packets are forged anyway, what the kernel is set to does not matter, as in a measurement. */
function systemProblem({ system, forge }: Arm<Target>, { settle, name }: StatelessType) {
  if (system === undefined) return null;
  if (forge === undefined) return "sets the `system`, which no packet carries";
  if (settle !== undefined) return null;
  return `sets the \`system\`, which counts over the connection type ${name}`;
}
