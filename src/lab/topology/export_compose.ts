import { stringify } from "yaml";
import { withoutProgram } from "../box/queues.ts";
import { ruleset } from "../box/ruleset.ts";
import { missingParts } from "./export_script.ts";
import { BRIDGE, linkAddresses, networkOf } from "./addresses.ts";
import type { LabPlan, PlannedNode } from "./network_plan.ts";
import { settingsOf } from "./settings.ts";

/** What its containers run on: ip and nft must be there. */
const IMAGE = "debian:12";

/** A lab as a compose file: a container for each host and router, a network for each link. */
export function composeFile(plan: LabPlan): string {
  const { name, nodes, links } = plan;
  const left = missingParts(nodes);
  const head = [
    `# The lab ${name} for docker compose or podman-compose. Its image must have iproute2 and nftables.`,
    ...(left.length === 0
      ? []
      : [`# It is without what takes the program of spider lab up: ${left.join(", ")}`]),
  ];
  const services = Object.fromEntries(nodes.map((node) => [node.name, service(node)]));
  const networks = Object.fromEntries(links.map(({ number, mtu }) => {
    const bridge = linkAddresses(number, BRIDGE, hasIpv6(plan));
    return [`link${number}`, {
      driver: "bridge",
      internal: true,
      enable_ipv6: hasIpv6(plan),
      driver_opts: { "com.docker.network.driver.mtu": String(mtu) },
      ipam: {
        config: bridge.map(({ address, bits }) => ({
          subnet: networkOf(`${address}/${bits}`).text,
          gateway: address,
        })),
      },
    }];
  }));
  return `${head.join("\n")}\n${stringify({ name, services, networks }, { lineWidth: 0 })}`;
}

function hasIpv6({ nodes }: LabPlan): boolean {
  return nodes.some(({ interfaces }) =>
    interfaces.some(({ addresses }) => addresses.some(({ family }) => family === 6))
  );
}

function service(node: PlannedNode) {
  const rules = ruleset(withoutProgram(node));
  const commands = [
    ...node.serves.map(({ text }) => `ip route add local ${text} dev lo`),
    ...node.routes.map(({ to, hops }) =>
      `ip route replace ${to.text} ${
        hops.length === 1
          ? `via ${hops[0]!.address}`
          : hops.map(({ address }) => `nexthop via ${address}`).join(" ")
      }`
    ),
    ...(rules === "" ? [] : [`nft -f - <<'END'\n${rules.trimEnd()}\nEND`]),
    "exec sleep infinity",
  ];
  return {
    image: IMAGE,
    cap_add: ["NET_ADMIN", "NET_RAW"],
    sysctls: settingsOf(node),
    // Compose puts a variable where a dollar stands
    command: ["sh", "-ec", commands.join("\n").replaceAll("$", "$$$$")],
    networks: Object.fromEntries(node.interfaces.map(({ link, addresses }) => [
      `link${link.number}`,
      Object.fromEntries(addresses.map(({ family, address }) => [`ipv${family}_address`, address])),
    ])),
  };
}
