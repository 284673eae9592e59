import type { DescribedPlan } from "../../../../lab/experiment/plan/described_plan.ts";
import { counted } from "../../../../host/quantity.ts";

type Network = DescribedPlan["networks"][number];
type Described<
  Part extends "nodes" | "links" | "services" | "wrappers" | "testers" | "before" | "tests",
> = Network[Part][number];
type Command = Described<"before">;

/** Octets of the longest packet of a link that says nothing else. */
const USUAL_MTU = 1500;

/** A plan in lines for people. */
export function planText(
  { name, networks, observers, side_by_side: beside }: DescribedPlan,
): string[] {
  const tests = networks.reduce((sum, { tests }) => sum + tests.length, 0);
  return [
    `${name}: ${counted(tests, "test")} in ${
      counted(networks.length, "network")
    }, ${beside} side by side`,
    ...(observers.length > 0 ? [`observers: ${observers.join(", ")}`] : []),
    ...networks.flatMap((network, at) => ["", ...networkText(network, at + 1)]),
  ];
}

function networkText(network: Network, number: number): string[] {
  const { test, environment, domain, collect_artifacts: artifacts } = network;
  return [
    `network ${number}: ${test} in ${environment}, at most ${network.timeout_seconds} s` +
    (network.continue_on_failure ? ", goes on after a step that failed" : "") +
    (artifacts === "records" ? "" : `, artifacts: ${artifacts}`) +
    madeOf(network.environment_options, null),
    ...(domain === null ? [] : [`  domain ${domain}`]),
    ...network.nodes.flatMap(nodeText),
    ...network.links.map(linkText),
    ...network.services.map(serviceText),
    ...network.wrappers.map(wrapperText),
    ...network.testers.map(testerText),
    ...network.before.map((command) => `  before, ${commandText(command)}`),
    ...network.steps.map((step, at) => `  step ${at + 1}: ${stepText(step)}`),
    ...network.after.map((command) => `  after, ${commandText(command)}`),
    ...network.tests.flatMap(testText),
  ];
}

function nodeText({ name, role, serves, sysctls, middleboxes }: Described<"nodes">): string[] {
  return [
    `  ${role} ${name}${serves.length > 0 ? ` serves ${serves.join(", ")}` : ""}`,
    ...Object.entries(sysctls).map(([setting, value]) => `    ${setting} = ${value}`),
    ...middleboxes.map((one) => `    ${one}`),
  ];
}

function linkText({ between, loss, mtu, tunnel, ...link }: Described<"links">): string {
  const [delay, jitter] = [link.delay_seconds * 1000, link.jitter_seconds * 1000].map(shortened);
  const notes = [
    tunnel ? "tunnel" : "",
    link.bits_per_second === null ? "" : `${link.bits_per_second / 1e6} Mbit/s`,
    delay === 0 ? "" : `${delay}${jitter === 0 ? "" : ` ± ${jitter}`} ms`,
    loss === 0 ? "" : `${shortened(loss * 100)} % lost`,
    mtu === USUAL_MTU ? "" : `MTU ${mtu}`,
  ].filter((note) => note !== "");
  return `  link ${between.join(" to ")}${notes.length > 0 ? `: ${notes.join(", ")}` : ""}`;
}

function serviceText(service: Described<"services">): string {
  const { name, implementation, host, ports, options, image } = service;
  const { depends_on: others, timeout_seconds: seconds } = service;
  return `  service ${name}: ${implementation} on ${host}, ${ports.join(", ")}` +
    (others.length > 0 ? `, after ${others.join(", ")}` : "") +
    `, ready within ${seconds} s${madeOf(options, image)}`;
}

function wrapperText({ environment, services, options }: Described<"wrappers">): string {
  return `  ${environment} wraps ${services.join(", ")}${madeOf(options, null)}`;
}

function testerText(tester: Described<"testers">): string {
  const { name, host, tests, runs, options, image, timeout_seconds: seconds } = tester;
  return `  tester ${name} on ${host} tests ${tests.join(", ")} within ${seconds} s: ${runs}` +
    madeOf(options, image);
}

function madeOf(options: Readonly<Record<string, unknown>>, image: string | null): string {
  return Object.entries(options).map(([name, value]) => `, ${name} ${valueText(value)}`).join("") +
    (image === null ? "" : `, image ${image}`);
}

function commandText({ host, command, timeout_seconds: seconds }: Command): string {
  return `on ${host ?? "this machine"}, at most ${seconds} s: ${command}`;
}

function stepText(step: Network["steps"][number]): string {
  const [name, told] = Object.entries(step)[0]!;
  if (name === "exec") {
    const { status, ...command } = told as Command & { readonly status: number };
    return `exec ${status === 0 ? "" : `with status ${status} `}${commandText(command)}`;
  }
  const words = Object.entries(told as object)
    .filter(([, value]) => value !== undefined && valueText(value) !== "")
    .map(([key, value]) => `${key} ${valueText(value)}`);
  return [name, words.join(", ")].filter((part) => part !== "").join(" ");
}

function valueText(value: unknown): string {
  return [value].flat().join(" ");
}

function testText({ id, targets, expectations }: Described<"tests">): string[] {
  return [
    `  test ${id}: ${Object.values(targets).flat().join(", ")}`,
    ...expectations.flatMap(({ service, must, may, must_not: mustNot, tolerance, flow }) =>
      [
        ...must.map((one) => `must ${one}`),
        ...mustNot.map((one) => `must not ${one}`),
        ...(may === null
          ? []
          : [`nothing but ${[...new Set([...must, ...may])].join(", ") || "no condition"}`]),
        ...Object.entries(flow).map(([field, value]) => `flow ${field} ${JSON.stringify(value)}`),
      ].map((line) =>
        `    ${service === null ? "" : `of ${service}: `}${line}` +
        (tolerance === 0 ? "" : `, except in ${shortened(tolerance * 100)} % of the results`)
      )
    ),
  ];
}

/** A number without the digits that come of reckoning in binary fractions. */
function shortened(value: number): number {
  return Number(value.toPrecision(6));
}
