import { queueRules, withoutProgram } from "../box/queues.ts";
import { ruleset } from "../box/ruleset.ts";
import type { LabPlan, PlannedLink, PlannedNode } from "./network_plan.ts";
import { settingsOf } from "./settings.ts";

/** What a queue of a link with a rate holds at most, as time. */
const QUEUE_MS = 100;
/** Part of a second whose octets a link with a rate may send at once. */
const BURST = 1 / 200;

/** The input of `ip -batch` that makes the namespaces of a lab and joins them. */
export function joiningBatch({ nodes, links }: LabPlan): string {
  return [
    ...nodes.map(({ namespace }) => `netns add ${namespace}`),
    ...links.filter(({ tunnel }) => !tunnel).map((link) => {
      const [one = "", other = ""] = endsOf(link, nodes);
      return `link add ${one} type veth peer ${other}`;
    }),
    "",
  ].join("\n");
}

// Indexes that differ: the kernel takes a second to notice the carrier of a veth that has the same
// index as its peer in another namespace.
function endsOf(link: PlannedLink, nodes: readonly PlannedNode[]): string[] {
  return link.between.map((name) => {
    const { namespace, interfaces } = nodes.find((node) => node.name === name)!;
    const { name: device, index } = interfaces.find((own) => own.link === link)!;
    return `name ${device} index ${index} netns ${namespace}`;
  });
}

/**
 * The script for `sh -e`, inside a node's namespace, that makes it what it is.
 *
 * @param withQueues whether the rules are there that lead packets to the lab's program
 */
export function nodeScript(node: PlannedNode, withQueues = true): string {
  // Without the program, what is redirected to it would be refused
  const rules = ruleset(withQueues ? node.boxes : withoutProgram(node));
  return [
    ...Object.entries(settingsOf(node)).map(([name, value]) =>
      `echo ${value} > /proc/sys/${name.replaceAll(".", "/")}`
    ),
    here("ip -batch -", ipBatch(node)),
    ...node.interfaces.flatMap(({ name, link: { rate, mtu } }) => {
      if (rate === null) return [];
      const burst = Math.ceil(Math.max(mtu * 2, rate * BURST / 8));
      const shape = `rate ${rate}bit burst ${burst} latency ${QUEUE_MS}ms`;
      return [`tc qdisc add dev ${name} root tbf ${shape}`];
    }),
    ...(rules === "" ? [] : [here("nft -f -", rules)]),
    ...([4, 6] as const).flatMap((family) => {
      const rules = withQueues ? queueRules(node, family) : "";
      return rules === "" ? [] : [here(`${family === 4 ? "ip" : "ip6"}tables-restore`, rules)];
    }),
    "",
  ].join("\n");
}

function here(command: string, input: string): string {
  return `${command} <<'END'\n${input.trimEnd()}\nEND`;
}

function ipBatch({ interfaces, serves, routes }: PlannedNode): string {
  return [
    "link set dev lo up",
    ...interfaces.flatMap(({ name, addresses, link: { mtu, tunnel } }) => [
      ...(tunnel ? [`tuntap add dev ${name} mode tun`] : []),
      // Middleboxes meet packets as they would be on a wire: none is to be cut up later
      `link set dev ${name} mtu ${mtu} gso_max_segs 1`,
      ...addresses.map(({ family, address, bits }) =>
        `address add ${address}/${bits} dev ${name}${family === 6 ? " nodad" : ""}`
      ),
      `link set dev ${name} up`,
    ]),
    ...serves.map(({ text }) => `route add local ${text} dev lo`),
    ...routes.map(({ to, hops }) => {
      const ways = hops.map(({ address, interface: device }) => `via ${address} dev ${device}`);
      const way = ways.length === 1 ? ways[0] : ways.map((one) => `nexthop ${one}`).join(" ");
      return `route add ${to.text} ${way}`;
    }),
  ].join("\n");
}
