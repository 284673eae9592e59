import type { TargetLab } from "../lab/target_lab.ts";
import { runWithin } from "../../src/lab/topology/build.ts";

/** The address that the third router answers from to what comes by the shortcut. */
export const SHORTCUT = "10.23.0.2";

/**
 * Puts a link between the first and the third router of a lab, and balances IPv4 by address and
 * port: half of all flows pass by the second router, which makes their path a hop shorter.
 */
export function addShortcut(lab: TargetLab): void {
  const [first = "", , third = ""] = lab.routers;
  runWithin(
    first,
    ["sh", "-e"],
    [
      `ip link add up3 type veth peer name down3 netns ${third}`,
      "ip address add 10.23.0.1/30 dev up3",
      "ip link set up3 up",
      `ip netns exec ${third} ip address add ${SHORTCUT}/30 dev down3`,
      `ip netns exec ${third} ip link set down3 up`,
      `ip netns exec ${third} sysctl -qw net.ipv4.icmp_errors_use_inbound_ifaddr=1`,
      `ip route replace 10.20.0.0/16 nexthop via 100.64.0.10 nexthop via ${SHORTCUT}`,
    ].join("\n"),
  );
}
