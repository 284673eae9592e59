import { z } from "zod";
import type { ServiceTest } from "../../contract/plugin_test.ts";
import type { Service } from "../../contract/service.ts";
import type { Fault } from "../fault.ts";
import { common, condition } from "../schema/manifest.ts";
import { code, flag, line, list, must, oneOf, sized, whole } from "../schema/words.ts";
import type { Kind } from "./kind.ts";

const spoken = z.strictObject({
  protocol: line("the protocol's name"),
  versions: sized(
    list(line("a version"), "versions", "those of its versions that it speaks"),
    { least: 1 },
    "must name a version",
  ),
  role: line("the role that it has"),
}, must("an object"));

const pattern = z.string(must("a regular expression")).refine(isPattern, {
  error: "is no regular expression",
});

const schema = z.strictObject({
  kind: z.literal("service", must('"service"')).describe("which part of the program runs it"),
  ...common,
  type: oneOf(["iut", "tester"], "an implementation under test, or what tests one"),
  speaks: sized(list(spoken, "protocols", "what it speaks"), { least: 1 }, "must name a protocol"),
  program: line("its program, which is found on the path"),
  package: line("the Debian package that has it"),
  asksVersion: list(line("an argument"), "texts", "arguments that make it print its version")
    .optional(),
  families: sized(
    list(z.union([z.literal(4), z.literal(6)], must("4 or 6")), "4 and 6", "its IP versions"),
    { least: 1 },
    "must name an IP version",
  ).optional(),
  files: code("its configuration, by the names of files").optional(),
  arguments: code("the arguments with which it runs in the foreground"),
  fastOpen: flag("whether it takes data in SYNs").optional(),
  ready: pattern.describe("a line of its log by which it is known to be ready").optional(),
  stop: oneOf(["SIGTERM", "SIGINT", "SIGQUIT"], "the signal that ends it in order").optional(),
  ends: list(whole(0, 255, "a status"), "statuses", "with which it ends in order").optional(),
  events: z.record(line("its name"), pattern, must("an object"))
    .describe("events of its protocol by lines of its log").optional(),
  conditions: z.record(condition, line("its meaning"), must("an object"))
    .describe("of a tester: every condition it can give, with its meaning").optional(),
  outcome: code("of a tester: what a run of it shows").optional(),
  takesTurns: flag("of a tester: whether it tests one address after the other").optional(),
});

/** Services that run on hosts of labs. */
export const kind: Kind = {
  title: "a service",
  schema,
  computed: [],
  beyond: () => ["a program that runs as root in a lab"],
  asks: ({ program, package: from }) => [`runs: ${String(program)} of the package ${String(from)}`],
  tests: async () => (await import("../schema/tests.ts")).serviceTests,
  references: async (data) => [...testerFaults(data), ...await unknownProtocols(data.speaks)],
  play: async (plugin, test, options) => {
    const { playServiceTest } = await import("../testing/play_service.ts");
    return playServiceTest(plugin as Service, test as ServiceTest, options);
  },
  scaffold: async (name) => (await import("../scaffold/service.ts")).serviceScaffold(name),
};

function isPattern(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}

/** What a tester lacks, or what only a tester has. */
function testerFaults(
  { name, type, conditions, outcome, takesTurns }: Readonly<Record<string, unknown>>,
): Fault[] {
  const members = { conditions, outcome };
  if (type === "iut") {
    return Object.entries({ ...members, takesTurns }).filter(([, value]) => value !== undefined)
      .map(([place]) => ({ place, text: "is no member of an implementation under test" }));
  }
  if (type !== "tester") return [];
  return [
    ...Object.entries(members).filter(([, value]) => value === undefined)
      .map(([place]) => ({ place, text: "is missing: every tester has it" })),
    ...Object.keys(Object(conditions)).filter((one) => !one.startsWith(`${name}.`))
      .map((one) => ({
        place: `conditions.${one}`,
        text: `does not begin with ${name} and a dot`,
      })),
  ];
}

/** Protocols, versions and roles that those which ship with the program do not have. */
async function unknownProtocols(speaks: unknown): Promise<Fault[]> {
  const { loadBundled } = await import("../bundled.ts");
  const faults: Fault[] = [];
  for (const [at, one] of (Array.isArray(speaks) ? speaks : []).entries()) {
    const { protocol: name, versions, role } = Object(one);
    const protocol = await loadBundled("protocol", String(name));
    // One of the author's own is known when it runs
    if (protocol === undefined) continue;
    const known = protocol.versions.map((version) => version.name);
    for (const [place, version] of (Array.isArray(versions) ? versions : []).entries()) {
      if (known.includes(version)) continue;
      const text = `is ${version}, and ${name} has ${known.join(", ")}`;
      faults.push({ place: `speaks.${at}.versions.${place}`, text });
    }
    if (role !== undefined && !protocol.roles.includes(role)) {
      faults.push({
        place: `speaks.${at}.role`,
        text: `is ${role}, and ${name} has ${protocol.roles.join(", ")}`,
      });
    }
  }
  return faults;
}
