import { assertEquals } from "@std/assert";
import { connectionTypeNamed } from "../../../src/connect/registry.ts";
import type { Target } from "../../../src/contract/job.ts";
import type { Result, Spider } from "../../../src/contract/spider.ts";
import { simulate } from "../../../src/lab/simulated/simulate.ts";
import type { SimulatedRun } from "../../../src/lab/simulated/simulated_run.ts";
import { planLab } from "../../../src/lab/topology/plan.ts";
import { SPIDERS } from "../../../src/plugin/bundled_spiders.ts";
import { readValues } from "../../../src/plugin/schema/option.ts";

/** A measurement of targets behind the router of a lab with a client and a server, which is not built. */
export async function runOf(
  lab: string,
  measure: string,
  targets: readonly Target[],
): Promise<SimulatedRun> {
  const { nodes, seed } = await planLab(lab, "lab.yaml", "lab");
  const [client, server, edge] = ["client", "server", "edge"].map((name) =>
    nodes.find((node) => node.name === name)!
  );
  const [name = "", ...words] = measure.split(" ");
  const { default: spider } = await SPIDERS[name]!();
  const { connect = spider.connect[0], ...options } = optionsOf(words, spider);
  const addressOf = (version: 4 | 6) =>
    client!.interfaces[0]!.addresses.find(({ family }) => family === version)!.address;
  const none = { delay: 0, loss: 0 };
  return {
    spider,
    spiderOptions: readValues(spider.options ?? {}, options),
    connect: connectionTypeNamed(String(connect)),
    seed,
    timeoutMs: 5000,
    targets,
    sources: { 4: addressOf(4), 6: addressOf(6) },
    boxesFor: () => [edge!.boxes],
    link: { forward: none, reverse: none },
    server: { ports: server!.services.flatMap(({ ports }) => ports), fastOpen: true },
    skipped: (_target, problem) => assertEquals(problem, ""),
    fault: (sentence) => assertEquals(sentence, ""),
  };
}

/** Everything that a simulation gives. */
export function resultsOf(run: SimulatedRun): Promise<Result[]> {
  return Array.fromAsync(simulate(run, new AbortController().signal));
}

/** The addresses of a number of targets. */
export function many(count: number): Target[] {
  return Array.from({ length: count }, (_, at) => ({ dip: `10.20.${at >> 8}.${at & 255}` }));
}

/** A lab with middleboxes for all targets. */
export function labWith(...middleboxes: string[]): string {
  return `
hosts: { client: , server: { serves: [10.20.0.0/16, "fd53:20::/64"], services: [nginx, unbound] } }
routers: { edge: { middleboxes: [${middleboxes.join(", ")}] } }
links: [[client, edge], [edge, server]]
`;
}

/** The values of options on a command line, whose every word has a value. */
function optionsOf(words: readonly string[], { options = {} }: Spider): Record<string, unknown> {
  const given: Record<string, unknown> = {};
  for (let at = 0; at < words.length; at += 2) {
    const name = words[at]!.slice(2);
    const text = words[at + 1]!;
    const value = options[name]?.type === "integer" ? Number(text) : text;
    given[name] = options[name]?.repeated ? [value] : value;
  }
  return given;
}
