import type { DescribedPlan } from "../../../../lab/experiment/plan/described_plan.ts";
import { counted } from "../../../terminal/quantity.ts";

type Network = DescribedPlan["networks"][number];

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
  const { test, environment, nodes, services, testers, before, steps, after, tests } = network;
  return [
    `network ${number}: ${test} in ${environment}, at most ${network.timeout_seconds} s`,
    ...nodes.flatMap(({ name, role, serves, middleboxes }) => [
      `  ${role} ${name}${serves.length > 0 ? ` serves ${serves.join(", ")}` : ""}`,
      ...middleboxes.map((one) => `    ${one}`),
    ]),
    ...services.map(({ name, implementation, host, ports, depends_on: others, wrapped_by }) =>
      `  service ${name}: ${implementation} on ${host}, ${ports.join(", ")}` +
      (others.length > 0 ? `, after ${others.join(", ")}` : "") +
      (wrapped_by.length > 0 ? `, within ${wrapped_by.join(", ")}` : "")
    ),
    ...testers.map(({ name, host, tests, runs }) =>
      `  tester ${name} on ${host} tests ${tests.join(", ")}: ${runs}`
    ),
    ...before.map((command) => `  before: ${command}`),
    `  steps: ${steps.map(stepText).join(", ")}`,
    ...after.map((command) => `  after: ${command}`),
    ...tests.flatMap(({ id, targets, must, may, must_not: mustNot, flow }) => [
      `  test ${id}: ${Object.values(targets).flat().join(", ")}`,
      ...must.map((one) => `    must ${one}`),
      ...may.map((one) => `    may ${one}`),
      ...mustNot.map((one) => `    must not ${one}`),
      ...Object.entries(flow).map(([field, value]) => `    flow ${field} ${JSON.stringify(value)}`),
    ]),
  ];
}

function stepText(step: Readonly<Record<string, unknown>>): string {
  const [name, told] = Object.entries(step)[0]!;
  const more = typeof told === "object" && told !== null
    ? Object.values(told).flat().filter((one) => typeof one === "string")
    : [String(told)];
  return [name, ...more].join(" ");
}
