import { Failure } from "../../host/failure.ts";
import type { Journal } from "../../host/journal.ts";
import { fileStatus } from "../../host/kernel_file.ts";
import { gone } from "../../host/process.ts";
import { run } from "../../host/run.ts";
import { locked } from "../../host/state.ts";
import { waitFor } from "../../host/wait.ts";
import { joiningBatch, nodeScript } from "./commands.ts";
import type { LabPlan, PlannedNode } from "./network_plan.ts";

/** How long the links may take to come up, in milliseconds. */
const PATIENCE = 10_000;

/**
 * Builds a lab: namespaces, links, addresses, routes, rules. What it makes is noted in the journal
 * before.
 *
 * @throws {Failure} when there is one of that name already, or something cannot be made
 */
export function build(plan: LabPlan, journal: Journal): void {
  // Under the lock, so that no other lab takes a name between the look and the making: what the
  // journal has noted is removed at the end, whoever made it
  locked(() => {
    for (const { namespace } of plan.nodes) {
      if (!exists(namespace)) continue;
      throw new Failure(
        `there is a network namespace ${namespace} already: end the lab ${plan.name} with ` +
          `spider lab down ${plan.name}, or give this one another name`,
      );
    }
    for (const { namespace } of plan.nodes) journal.add({ kind: "netns", name: namespace });
    run("ip", ["-batch", "-"], joiningBatch(plan));
  });
  for (const node of plan.nodes) runWithin(node.namespace, ["sh", "-e"], nodeScript(node));
  // IPv6 sends nothing before the kernel has noticed that the other end is up
  waitFor("the links of the lab to come up", PATIENCE, () => plan.nodes.every(linksAreUp));
}

/** Runs a program inside a namespace, to its end. */
export function runWithin(namespace: string, command: readonly string[], input = ""): string {
  return run("ip", ["netns", "exec", namespace, ...command], input);
}

function exists(namespace: string): boolean {
  try {
    fileStatus(`/run/netns/${namespace}`);
    return true;
  } catch (error) {
    if (gone(error)) return false;
    throw error;
  }
}

function linksAreUp({ namespace, interfaces }: PlannedNode): boolean {
  const links: { ifname: string; operstate: string }[] = JSON.parse(
    run("ip", ["-n", namespace, "-j", "link", "show"]),
  );
  // A tunnel comes up with the program
  const wired = interfaces.filter(({ link }) => !link.tunnel).map(({ name }) => name);
  return links.every(({ ifname, operstate }) => !wired.includes(ifname) || operstate === "UP");
}
