import { boxText } from "../../topology/network_plan.ts";
import type { ExperimentPlan, GroupPlan, PlannedTester } from "./experiment_plan.ts";

/** A plan as data, as it is shown. */
export type DescribedPlan = ReturnType<typeof describedPlan>;

/** Everything that a plan has decided, as data. */
export function describedPlan({ file, groups, observers }: ExperimentPlan) {
  return {
    name: file.name,
    seed: file.seed,
    side_by_side: file.parallel,
    observers: observers.map(({ observer }) => observer.name),
    networks: groups.map(describedGroup),
  };
}

function describedGroup(group: GroupPlan) {
  const { test, environment, lab, services, testers, wrappers, steps, cells } = group;
  return {
    test,
    environment: environment.name,
    timeout_seconds: group.timeout / 1000,
    nodes: (lab?.nodes ?? []).map(({ name, isRouter, serves, boxes }) => ({
      name,
      role: isRouter ? "router" : "host",
      serves: serves.map(({ text }) => text),
      middleboxes: boxes.map(boxText),
    })),
    services: services.map(({ name, host, planned: { service, ports }, dependsOn }) => ({
      name,
      implementation: service.name,
      host,
      ports: ports.map(({ protocol, version, transport, port }) =>
        `${protocol} ${version} on ${transport} ${port}`
      ),
      depends_on: dependsOn,
      wrapped_by: wrappers.filter((one) => one.services.includes(name))
        .map(({ environment }) => environment.name),
    })),
    testers: testers.map((tester) => ({
      name: tester.name,
      host: tester.host,
      tests: tester.targets.map(({ service, port: { protocol, version, port } }) =>
        `${service} (${protocol} ${version}, port ${port})`
      ),
      runs: commandOf(tester),
    })),
    before: group.before.map(({ command }) => [command].flat().join(" ")),
    steps: steps.map(({ name, told }) => ({ [name]: told })),
    after: group.after.map(({ command }) => [command].flat().join(" ")),
    tests: cells.map(({ id, targets, expectations }) => ({
      id,
      targets,
      must: expectations.flatMap(({ must }) => must),
      may: expectations.flatMap(({ may = [] }) => may),
      must_not: expectations.flatMap(({ must_not }) => must_not),
      flow: Object.assign({}, ...expectations.map(({ flow }) => flow)),
    })),
  };
}

function commandOf({ runs }: PlannedTester): string {
  if (runs.kind === "service") return `${runs.service.program} (${runs.service.name})`;
  const { word, connect, flags, serverOption } = runs;
  const server = serverOption === null ? [] : ["--results", `--${serverOption}=TARGET`];
  return `spider measure --connect ${connect} ${[word, ...flags, ...server].join(" ")}`;
}
