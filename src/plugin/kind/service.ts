import { z } from "zod";
import type { ServiceTest } from "../../contract/plugin_test.ts";
import type { Service } from "../../contract/service.ts";
import type { OptionValues } from "../../contract/option.ts";
import type { Fault } from "../fault.ts";
import { common } from "../schema/manifest.ts";
import { code, line, list, must, oneOf, sized, whole } from "../schema/words.ts";
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
  files: code("its configuration, by the names of files").optional(),
  arguments: code("the arguments with which it runs in the foreground"),
  ready: pattern.describe("a line of its log by which it is known to be ready").optional(),
  stop: oneOf(["SIGTERM", "SIGINT", "SIGQUIT"], "the signal that ends it in order").optional(),
  ends: list(whole(0, 255, "a status"), "statuses", "with which it ends in order").optional(),
  events: z.record(line("its name"), pattern, must("an object"))
    .describe("events of its protocol by lines of its log").optional(),
});

/** Services that run on hosts of labs. */
export const kind: Kind = {
  title: "a service",
  schema,
  computed: [],
  beyond: () => ["a program that runs as root in a lab"],
  asks: ({ program, package: from }) => [`runs: ${String(program)} of the package ${String(from)}`],
  tests: async () => (await import("../schema/tests.ts")).serviceTests,
  references: async (data) => await unknownProtocols(data.speaks),
  play: (plugin, test, options) =>
    Promise.resolve(play(plugin as Service, test as ServiceTest, options)),
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

/** What a test of a service finds: texts that must stand in its files, words among its arguments. */
function play(service: Service, test: ServiceTest, options: OptionValues) {
  const context = {
    folder: "/FOLDER",
    certificate: "/CERTIFICATE",
    key: "/KEY",
    ports: test.ports,
    options,
  };
  const files = service.files?.(context) ?? {};
  const faults = Object.entries(test.files ?? {}).flatMap(([name, text]) =>
    files[name]?.includes(text) === true ? [] : [`its file ${name} does not hold ${text}`]
  );
  const given = service.arguments(context);
  for (const word of test.arguments ?? []) {
    if (!given.includes(word)) faults.push(`${word} is none of its arguments ${given.join(" ")}`);
  }
  return { name: test.name, faults, conditions: null, flows: [] };
}
