import { z } from "zod";
import type { ProtocolTest } from "../../contract/plugin_test.ts";
import type { Protocol } from "../../contract/protocol.ts";
import { quote } from "../../target/quote.ts";
import type { Fault } from "../fault.ts";
import { common } from "../schema/manifest.ts";
import { flag, line, list, must, oneOf, sized, whole } from "../schema/words.ts";
import type { Kind } from "./kind.ts";

const version = z.strictObject({
  name: line("as it is usually called"),
  transport: oneOf(["tcp", "udp"], "what carries it"),
  port: whole(1, 65535, "the port that it is usually spoken on"),
  tls: flag("whether it takes a certificate").optional(),
}, must("a version, which is an object"));

const schema = z.strictObject({
  kind: z.literal("protocol", must('"protocol"')).describe("which part of the program runs it"),
  ...common,
  type: oneOf(["client_server", "peer_to_peer"], "whether its peers have different roles"),
  roles: sized(
    list(line("a role"), "roles", "the roles of its peers"),
    { least: 1 },
    "must name a role",
  ),
  versions: sized(
    list(version, "versions", "its versions, the first of which is the default"),
    { least: 1 },
    "must have a version",
  ),
  greeting: list(whole(0, 255, "an octet"), "octets", "a datagram that every server answers")
    .optional(),
  events: z.record(line("its name"), line("its meaning"), must("an object"))
    .describe("what services report of it").optional(),
});

/** Protocols that services speak. */
export const kind: Kind = {
  title: "a protocol",
  schema,
  computed: [],
  beyond: () => ["what labs send and wait for"],
  asks: () => ["speaks: in labs alone"],
  tests: async () => (await import("../schema/tests.ts")).protocolTests,
  references: ({ versions }) => Promise.resolve(doubled(versions)),
  play: (plugin, test) => {
    const { name, version, is } = test as ProtocolTest;
    const found = (plugin as Protocol).versions.find((one) => one.name === version);
    const faults = Object.entries(is).flatMap(([key, value]) => {
      const given = found?.[key as keyof typeof found];
      return given === value ? [] : [`${key} is ${quote(given)}, and ${quote(value)} was expected`];
    });
    return Promise.resolve({ name, faults, conditions: null, flows: [] });
  },
  scaffold: async (name) => (await import("../scaffold/protocol.ts")).protocolScaffold(name),
};

/** Versions that are there twice. */
function doubled(versions: unknown): Fault[] {
  const names = (Array.isArray(versions) ? versions : []).map((one) => Object(one).name);
  return names.flatMap((name, at) =>
    name !== undefined && names.indexOf(name) < at
      ? [{ place: `versions.${at}.name`, text: `is ${quote(name)}, as one before it` }]
      : []
  );
}
