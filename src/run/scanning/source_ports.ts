import { localPorts } from "../../host/local_ports.ts";
import { freestPart } from "../../host/port_part.ts";
import type { PortRange } from "../../host/port_range.ts";

/** How many there are: enough that load balancers see many flows, and other runs find some too. */
const PORTS = 8192;
/** Below it are the ports of services, which networks treat in their own ways (RFC 6335, section 6). */
const LOWEST = 1024;
const HIGHEST = 65_535;

/**
 * Ports for packets that no socket sends, at random: outside of those that the kernel gives to
 * connections, so that no answer meets one; inside where there are too few others.
 */
export function freeSourcePorts(): PortRange {
  const { ephemeral: [from, to], bound } = localPorts();
  const outside = [{ first: LOWEST, last: from - 1 }, { first: to + 1, last: HIGHEST }]
    .filter(({ first, last }) => last - first + 1 >= PORTS);
  const [room = { first: LOWEST, last: HIGHEST }] = outside;
  return freestPart(room, PORTS, (port) => !bound.has(port));
}
