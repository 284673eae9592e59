import type { TargetLab } from "../lab/target_lab.ts";
import { runWithin } from "../../src/lab/topology/build.ts";

/** The routing table of the other way. */
export const TABLE = 100;

/** What answers first on the way that the main table names, and on the other way; by IP version. */
export const FIRST_HOPS = {
  4: { main: "100.64.0.2", other: "10.24.0.2" },
  6: { main: "fd53:7069:6465:ff::2", other: "fd53:7069:6465:24::2" },
} as const;

/** The address of the client, by IP version. */
export const SOURCES = { 4: "100.64.0.1", 6: "fd53:7069:6465:ff::1" } as const;

/**
 * Links the client of a lab to the second router too, by `eth1`, and makes a table of routes that lead
 * there. No rule asks it yet.
 */
export function addOtherWay(lab: TargetLab): void {
  const [, second = ""] = lab.routers;
  const { 4: four, 6: six } = FIRST_HOPS;
  runWithin(
    lab.client,
    ["sh", "-e"],
    [
      `ip link add eth1 index 30 type veth peer name side index 31 netns ${second}`,
      "ip address add 10.24.0.1/30 dev eth1",
      "ip address add fd53:7069:6465:24::1/80 dev eth1 nodad",
      "ip link set eth1 up",
      `ip netns exec ${second} ip address add ${four.other}/30 dev side`,
      `ip netns exec ${second} ip address add ${six.other}/80 dev side nodad`,
      `ip netns exec ${second} ip link set side up`,
      `ip netns exec ${second} sysctl -qw net.ipv4.icmp_errors_use_inbound_ifaddr=1`,
      `ip route add default via ${four.other} table ${TABLE}`,
      `ip -6 route add default via ${six.other} table ${TABLE}`,
    ].join("\n"),
  );
}
