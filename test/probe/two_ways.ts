import type { TargetLab } from "../lab/target_lab.ts";
import { runWithin } from "../../src/lab/topology/build.ts";

/** The addresses that the second router answers from, by the way that a packet came. */
export const WAYS = ["100.64.0.10", "10.22.0.2"] as const;

/**
 * Puts a second link between the first two routers of a lab, and balances IPv4 by address and port.
 */
export function addSecondWay(lab: TargetLab): void {
  const [first = "", second = ""] = lab.routers;
  runWithin(
    first,
    ["sh", "-e"],
    [
      `ip link add up2 type veth peer name down2 netns ${second}`,
      "ip address add 10.22.0.1/30 dev up2",
      "ip link set up2 up",
      `ip netns exec ${second} ip address add ${WAYS[1]}/30 dev down2`,
      `ip netns exec ${second} ip link set down2 up`,
      `ip netns exec ${second} sysctl -qw net.ipv4.icmp_errors_use_inbound_ifaddr=1`,
      `ip route replace 10.20.0.0/16 nexthop via ${WAYS[0]} nexthop via ${WAYS[1]}`,
    ].join("\n"),
  );
}
