import type { Middlebox } from "../../contract/middlebox.ts";
import {
  isShaped,
  type LabPlan,
  outerInterface,
  type PlannedBox,
  type PlannedInterface,
  type PlannedNode,
} from "../topology/network_plan.ts";

/** The queue of a router's middleboxes that are programs. */
export const BOX_QUEUE = 0;

/** The queue of ICMP messages that a router sends. */
export const OUTPUT_QUEUE = 65_535;

/** The queue of what comes in by an interface, whose link delays or loses packets. */
export function linkQueue(interfaceNumber: number): number {
  return 1 + interfaceNumber;
}

/**
 * What a link's own protocols send (RFC 4861, RFC 3810): neighbours are found at once, whatever the link
 * does to packets; nor does what comes when it likes take random numbers from others.
 */
const OF_THE_LINK = [
  "-d ff02::/16",
  "-s fe80::/10",
  "-d fe80::/10",
  "-p ipv6-icmp --icmpv6-type 135",
  "-p ipv6-icmp --icmpv6-type 136",
];

/** Whether a middlebox is a program here: one that has rules as well leaves it to the kernel. */
export function isProgram({ program, rules, chains }: Middlebox): boolean {
  return program !== undefined && rules === undefined && chains === undefined;
}

/** The middleboxes of a router that are programs; those that meet packets at one place, or all. */
export function programs(
  { boxes }: PlannedNode,
  at?: "forward" | "output",
): readonly PlannedBox[] {
  return boxes.filter(({ box }) =>
    isProgram(box) && (at === undefined || (box.at ?? "forward") === at)
  );
}

/** The interfaces of a router that are ends of tunnels, each with the outer addresses of both ends. */
export function tunnelEnds(
  node: PlannedNode,
  { nodes }: LabPlan,
): readonly { readonly name: string; readonly from: string; readonly to: string }[] {
  const outer = ({ interfaces }: PlannedNode) => outerInterface(interfaces)!.addresses[0]!.address;
  return node.interfaces.filter(({ link }) => link.tunnel).map(({ name, link }) => {
    const other = link.between.find((end) => end !== node.name)!;
    return { name, from: outer(node), to: outer(nodes.find((one) => one.name === other)!) };
  });
}

/** The middleboxes of a router that need no program. */
export function withoutProgram({ boxes }: PlannedNode): readonly PlannedBox[] {
  return boxes.filter(({ box }) => !isProgram(box) && box.relays === undefined);
}

/** The ports of a router where its middleboxes take connections. */
export function relayPorts({ boxes }: PlannedNode): readonly number[] {
  return [...new Set(boxes.flatMap(({ box }) => box.relays ?? []))];
}

/** The interfaces of a node that the program receives from, with their numbers. */
export function shapedInterfaces(
  { interfaces }: PlannedNode,
): readonly (readonly [number, PlannedInterface])[] {
  return [...interfaces.entries()].filter(([, { link }]) => isShaped(link));
}

/**
 * The script for `iptables-restore`, or `ip6tables-restore`, that leads packets to the program; empty
 * where none are. Without the program they are dropped: a lab whose program has died is not transparent.
 */
export function queueRules(node: PlannedNode, family: 4 | 6): string {
  const meets = programs(node, "forward").map(({ to }) =>
    to?.filter((network) => network.family === family) ?? null
  );
  const boxes = meets.includes(null)
    ? [`-A FORWARD -j NFQUEUE --queue-num ${BOX_QUEUE}`]
    : [...new Set(meets.flatMap((networks) => networks!.map(({ text }) => text)))].flatMap((text) =>
      ["-d", "-s"].map((end) => `-A FORWARD ${end} ${text} -j NFQUEUE --queue-num ${BOX_QUEUE}`)
    );
  const links = shapedInterfaces(node).map(([number, { name }]) =>
    `-A PREROUTING -i ${name} -j NFQUEUE --queue-num ${linkQueue(number)}`
  );
  const own = family === 4 ? [] : OF_THE_LINK.map((match) => `-A PREROUTING ${match} -j ACCEPT`);
  const protocol = family === 4 ? "icmp" : "ipv6-icmp";
  const output = programs(node, "output").length === 0 ? [] : [
    ...own.map((rule) => rule.replace("PREROUTING", "OUTPUT")),
    `-A OUTPUT -p ${protocol} -j NFQUEUE --queue-num ${OUTPUT_QUEUE}`,
  ];
  const mangle = [...boxes, ...output];
  return [
    ...(mangle.length === 0 ? [] : ["*mangle", ...mangle, "COMMIT", ""]),
    ...(links.length === 0 ? [] : ["*raw", ...own, ...links, "COMMIT", ""]),
  ].join("\n");
}
