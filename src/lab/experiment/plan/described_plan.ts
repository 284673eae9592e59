import type { Options, OptionValues } from "../../../contract/option.ts";
import { readValues } from "../../../plugin/schema/option.ts";
import { boxText, type PlannedLink, type PlannedNode } from "../../topology/network_plan.ts";
import type { CommandEntry, Expectation } from "../file/experiment_file.ts";
import type { Step } from "../file/steps.ts";
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
    environment_options: chosen(environment.options, group.environmentOptions),
    domain: group.domain ?? null,
    timeout_seconds: group.timeout / 1000,
    continue_on_failure: group.continueOnFailure,
    collect_artifacts: group.artifacts,
    nodes: (lab?.nodes ?? []).map(describedNode),
    links: (lab?.links ?? []).map(describedLink),
    services: services.map(({ name, host, planned, dependsOn, image }) => ({
      name,
      implementation: planned.service.name,
      host,
      ports: planned.ports.map(({ protocol, version, transport, port }) =>
        `${protocol} ${version} on ${transport} ${port}`
      ),
      options: chosen(planned.service.options, planned.options),
      image,
      depends_on: dependsOn,
      timeout_seconds: planned.timeout / 1000,
    })),
    wrappers: wrappers.map(({ environment, options, services }) => ({
      environment: environment.name,
      services,
      options: chosen(environment.options, options),
    })),
    testers: testers.map((tester) => ({
      name: tester.name,
      host: tester.host,
      tests: tester.targets.map(({ service, port: { protocol, version, port } }) =>
        `${service} (${protocol} ${version}, port ${port})`
      ),
      runs: commandOf(tester),
      options: tester.runs.kind === "service"
        ? chosen(tester.runs.service.options, tester.runs.options)
        : {},
      image: tester.image,
      timeout_seconds: tester.timeout / 1000,
    })),
    before: group.before.map(describedCommand),
    steps: steps.map(describedStep),
    after: group.after.map(describedCommand),
    tests: cells.map(({ id, targets, expectations }) => ({
      id,
      targets,
      expectations: expectations.map(describedExpectation),
    })),
  };
}

function describedNode(
  { name, isRouter, serves, interfaces, routes, sysctls, boxes }: PlannedNode,
) {
  return {
    name,
    role: isRouter ? "router" : "host",
    serves: serves.map(({ text }) => text),
    addresses: interfaces.flatMap(({ addresses }) => addresses.map(({ address }) => address)),
    routes: routes.map(({ to, hops }) => ({
      to: to.text,
      via: hops.map(({ address }) => address),
    })),
    sysctls,
    middleboxes: boxes.map(boxText),
  };
}

function describedLink({ between, rate, delay, jitter, loss, mtu, tunnel }: PlannedLink) {
  return {
    between,
    bits_per_second: rate,
    delay_seconds: delay / 1000,
    jitter_seconds: jitter / 1000,
    loss,
    mtu,
    tunnel,
  };
}

/** Values of options that are not the usual ones. */
function chosen(declared: Options = {}, values: OptionValues): OptionValues {
  const usual = readValues(declared, {});
  return Object.fromEntries(
    Object.entries(values).filter(([name, value]) =>
      JSON.stringify(value) !== JSON.stringify(usual[name])
    ),
  );
}

/** A command, on a host of the network, or on this machine where its host is null. */
function describedCommand({ host, command, timeout }: CommandEntry) {
  return {
    host: host ?? null,
    command: [command].flat().join(" "),
    timeout_seconds: timeout / 1000,
  };
}

/** A step by its name, with what it is told. */
function describedStep({ name, told }: Step): Readonly<Record<string, unknown>> {
  if (name === "sleep") return { [name]: { seconds: told / 1000 } };
  if (name !== "exec") return { [name]: told };
  return { [name]: { ...describedCommand(told), status: told.status } };
}

function describedExpectation(
  { service, must, may, must_not, tolerance, flow }: Expectation,
) {
  return { service: service ?? null, must, may: may ?? null, must_not, tolerance, flow };
}

function commandOf({ runs }: PlannedTester): string {
  if (runs.kind === "service") return `${runs.service.program} (${runs.service.name})`;
  const { word, connect, flags, serverOption } = runs;
  const server = serverOption === null ? [] : ["--results", `--${serverOption}=TARGET`];
  return `spider measure --connect ${connect} ${[word, ...flags, ...server].join(" ")}`;
}
