import { connectionTypeNamed } from "../../../connect/registry.ts";
import { Failure } from "../../../host/failure.ts";
import { checkSimulated } from "../../simulated/refusals.ts";
import type { SimulatedRun } from "../../simulated/simulated_run.ts";
import { sourceOf, type Way, wayTo } from "../../simulated/way.ts";
import type { GroupPlan, PlannedTester } from "./experiment_plan.ts";

/** Milliseconds after which a connection counts as timed out, as in spider measure. */
const TIMEOUT = 5000;
/** Steps that a simulation has. */
const STEPS: readonly string[] = ["start", "wait-ready", "measure", "sleep", "stop"];

/** What a simulation is made of, without those who are told of it. */
export type Simulation = Omit<SimulatedRun, "skipped" | "fault">;

/**
 * A tester's measurement of all places of a group, as a simulation.
 *
 * @throws {Failure} when something of it takes a kernel
 */
export function simulationOf(
  { lab, services, cells, domain }: Pick<GroupPlan, "lab" | "services" | "cells" | "domain">,
  { host, targets: tested, runs }: PlannedTester,
): Simulation {
  if (runs.kind === "service") {
    throw new Failure(`${runs.service.name} is a program, and makes real packets: take netns`);
  }
  const plan = lab!;
  const targets = cells.flatMap(({ id, targets }) =>
    tested.flatMap(({ service, port: { port: dp } }) =>
      (targets[service] ?? []).map((dip) => ({
        ...(domain === undefined ? {} : { domain }),
        dip,
        dp,
        cell: id,
        service,
      }))
    )
  );
  // All addresses of a service at one place are one host's, and behind each other
  const first = new Map<string, Way>();
  const ways = new Map<string, Way>();
  for (const { dip, cell, service } of targets) {
    const key = `${cell} ${service}`;
    const way = first.get(key) ?? wayTo(plan, host, dip);
    first.set(key, way);
    ways.set(dip, way);
  }
  const [way] = first.values();
  const side = sideOf(way);
  const isOne = [...first.values()].every((one) =>
    JSON.stringify(sideOf(one)) === JSON.stringify(side)
  );
  if (!isOne) throw new Failure("the ways to the targets differ in delay or loss: take netns");
  const speaking = services.filter(({ name }) => tested.some(({ service }) => service === name));
  return {
    spider: runs.spider,
    spiderOptions: runs.options,
    connect: connectionTypeNamed(runs.connect),
    seed: plan.seed,
    timeoutMs: TIMEOUT,
    targets,
    sources: { 4: sourceOf(plan, host, 4), 6: sourceOf(plan, host, 6) },
    boxesFor: (address) => ways.get(address)!.routers.map(({ boxes }) => boxes),
    link: { forward: side, reverse: side },
    server: {
      ports: speaking.flatMap(({ planned }) => planned.ports),
      fastOpen: speaking.some(({ planned }) => planned.service.fastOpen === true),
    },
  };
}

/** Delay and loss of a whole way, in one direction. */
function sideOf(way: Way | undefined) {
  const links = way?.links ?? [];
  return {
    delay: links.reduce((sum, { delay }) => sum + delay, 0),
    loss: 1 - links.reduce((rest, { loss }) => rest * (1 - loss), 1),
  };
}

/** What keeps a group from being simulated, in sentences without a full stop; empty for nothing. */
export function simulationProblems(group: GroupPlan): string[] {
  const { name } = group.environment;
  const problems = group.steps.filter((step) => !STEPS.includes(step.name))
    .map((step) => `${name} has no hosts on which ${step.name} could run`);
  if (group.wrappers.length > 0) problems.push(`${name} runs no services that could be wrapped`);
  for (const tester of group.testers) {
    try {
      checkSimulated({ ...simulationOf(group, tester), skipped: () => {}, fault: () => {} });
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      problems.push(error.message);
    }
  }
  return problems;
}
