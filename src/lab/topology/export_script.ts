import { programs, relayPorts, shapedInterfaces } from "../box/queues.ts";
import { joiningBatch, nodeScript } from "./commands.ts";
import type { LabPlan, PlannedNode } from "./network_plan.ts";

/** A lab as a shell script, which builds it with `up` and removes it with `down`. */
export function shellScript(plan: LabPlan): string {
  const { name, nodes } = plan;
  return `#!/bin/sh
# The lab ${name}, as commands of ip, nft, tc and iptables: "sh $0 up" builds it, "sh $0 down" removes
# it with all that runs in it. Both need root.
set -e
case "\${1:-}" in
up)
ip -batch - <<'LINKS'
${joiningBatch(plan).trimEnd()}
LINKS
${nodes.map(nodeCommand).join("")}${missing(nodes)};;
down)
${
    nodes.map(({ namespace }) =>
      `ip netns pids ${namespace} | xargs -r kill -9; ip netns delete ${namespace}\n`
    ).join("")
  };;
*)
echo "usage: $0 up|down" >&2
exit 2
;;
esac
`;
}

/** Without the rules that lead packets to spider's program: they are dropped where it is not there. */
function nodeCommand(node: PlannedNode): string {
  return `ip netns exec ${node.namespace} sh -e <<'NODE'\n${nodeScript(node, false)}NODE\n`;
}

/** Says what the script leaves out. */
function missing(nodes: readonly PlannedNode[]): string {
  const left = missingParts(nodes);
  if (left.length === 0) return "";
  const text = `This lab is without what takes the program of spider lab up: ${left.join(", ")}`;
  return `echo '${text}' >&2\n`;
}

/** What only spider's own program does, in words. */
export function missingParts(nodes: readonly PlannedNode[]): string[] {
  return nodes.flatMap((node) => [
    ...programs(node).map(({ written }) => `${written} on ${node.name}`),
    ...node.interfaces.filter(({ link }) => link.tunnel)
      .map(({ name }) => `the tunnel at ${name} of ${node.name}`),
    ...relayPorts(node).map((port) => `the relay at port ${port} of ${node.name}`),
    ...shapedInterfaces(node).map(([, { name }]) => `delay and loss at ${name} of ${node.name}`),
  ]);
}
