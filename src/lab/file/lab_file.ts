import { z } from "zod";
import { flag, line, list, must, oneOf, sized, whole } from "../../plugin/schema/words.ts";
import { readPrefix } from "../../target/prefix.ts";
import { readMilliseconds, readProbability, readRate } from "./quantities.ts";
import { object } from "./yaml.ts";

/** Hosts and routers of a lab: each is a network namespace. */
export const MOST_NODES = 250;
const MOST_LINKS = 500;
const MOST_PREFIXES = 500;
const MOST_BOXES = 100;
const MOST_SERVICES = 50;
/** The longest name of a lab, a host or a router. */
const LONGEST_NAME = 40;

const called = must(`lower case letters, digits and dashes, at most ${LONGEST_NAME}`);

/** A name of a lab, a host or a router. */
export const labName = z.string(called)
  .regex(new RegExp(`^[a-z](?:[a-z0-9-]{0,${LONGEST_NAME - 2}}[a-z0-9])?$`), called);

const prefix = z.string(must("a prefix or an address")).superRefine((text, context) => {
  const read = readPrefix(text);
  if (typeof read === "string") {
    context.addIssue({ code: "custom", message: `must be one: ${read}` });
  }
});

/** Rates that a link can have, in bits a second. */
const LEAST_RATE = 8e3;
const MOST_RATE = 1e11;

function within(value: number | null, least: number, most: number): number | null {
  return value !== null && value >= least && value <= most ? value : null;
}

/** A quantity as people write it, read by one of the readers. */
function quantity(read: (value: unknown) => number | null, what: string) {
  return z.union([z.number(), z.string()], must(what)).transform((value, context) => {
    const number = read(value);
    if (number !== null) return number;
    context.addIssue({ code: "custom", message: `must be ${what}` });
    return z.NEVER;
  });
}

const rate = quantity(
  (value) => within(readRate(value), LEAST_RATE, MOST_RATE),
  "a rate in bits a second from 8kbit to 100gbit, such as 10mbit",
);
/** A time in milliseconds. */
export const time = quantity(readMilliseconds, "a time, such as 20ms");
/** A probability. */
export const share = quantity(readProbability, "a probability, such as 0.02 or 2%");

/** An object of things by their names; what has nothing to say may be left empty. */
function named<T extends z.ZodType>(of: T, what: string) {
  return z.record(labName, z.preprocess((value) => value ?? {}, of), must(what));
}

const sysctls = z.record(
  z.string().regex(/^net\.[a-z0-9_.]+$/, must("a setting of the network: net.ipv4.tcp_ecn")),
  z.union([z.string().regex(/^[\w .-]+$/, must("a value of words")), z.int()], must("a value")),
  must("settings by their names"),
).describe("kernel settings of its namespace");

const service = z.union([
  z.string(),
  object({
    service: line("its name, or the file or URL of a plugin"),
    versions: sized(
      list(line("a version"), "versions", "what it speaks; all that it can when missing"),
      { least: 1 },
      "must name a version",
    ).optional(),
    port: whole(1, 65535, "the port, where it is not the usual one").optional(),
    timeout: time.describe("how long it may take until it is ready; 20 s when missing").optional(),
    options: z.record(line("an option"), z.unknown(), must("options by their names"))
      .describe("values of its options").default({}),
  }, "a name, or an object with service"),
], { error: () => "must be a name, or an object with service" });

const host = object({
  serves: sized(
    list(prefix, "prefixes", "prefixes that it answers at, every address of them"),
    { most: MOST_PREFIXES },
    `must be at most ${MOST_PREFIXES} prefixes`,
  ).default([]),
  services: sized(
    list(service, "services", "programs that run on it"),
    { most: MOST_SERVICES },
    `must be at most ${MOST_SERVICES} services`,
  ).default([]),
  sysctls: sysctls.default({}),
}, "an object, or nothing");

/** What an object says of a middlebox. */
export const middleboxFields = {
  middlebox: line("its name, and its value behind a colon; or the file or URL of a plugin"),
  value: z.union([z.string(), z.number()], must("a number or a text"))
    .describe("its value where it does not stand behind a colon").optional(),
  to: z.union([
    z.string(),
    sized(z.array(z.string()), { least: 1 }, "must name a prefix or a host"),
  ], must("a prefix, a host, or a list of those"))
    .describe("what lies behind it; all that goes through the router when missing").optional(),
  port: whole(1, 65535, "the only port that it meets").optional(),
  direction: oneOf(["forward", "reverse"], "the only direction").optional(),
  probability: share.describe("the share of packets that it meets").optional(),
};

const middlebox = z.union([
  z.string(),
  object(middleboxFields, "a name, or an object with middlebox"),
], { error: () => "must be a name, or an object with middlebox and what narrows it" });

const router = object({
  middleboxes: sized(
    list(middlebox, "middleboxes", "what it does to packets, in their order"),
    { most: MOST_BOXES },
    `must be at most ${MOST_BOXES} middleboxes`,
  ).default([]),
  sysctls: sysctls.default({}),
}, "an object, or nothing");

const ends = z.tuple([labName, labName], must("a pair of names"));

const link = z.union([
  ends.transform((between) => ({ between })),
  object({
    between: ends.describe("the two that it joins"),
    rate: rate.describe("bits a second, each way").optional(),
    delay: time.describe("how long a packet is on its way").optional(),
    jitter: time.describe("by how much more or less, at random").optional(),
    loss: share.describe("the share of packets that are lost, at random").optional(),
    mtu: whole(576, 65535, "octets of the longest packet").optional(),
    tunnel: flag("whether it is a tunnel over the other links, of IP in IPv4").default(false),
  }, "a pair of names, or an object with between"),
], { error: () => "must be a pair of names, or an object with between" });

const route = object({
  from: labName.describe("where it begins"),
  to: labName.describe("the host that it leads to"),
  via: sized(
    list(labName, "names", "the routers on the way, each joined with the next"),
    { least: 1 },
    "must name a router",
  ),
}, "an object with from, to and via");

/** A lab as a file describes it. */
export const labFile = object({
  name: labName.describe("its name on this machine; that of the file when missing").optional(),
  description: line("what it is for").optional(),
  seed: whole(0, 0xffff_ffff, "where the random numbers of its program begin").default(1),
  ipv6: flag("whether it has IPv6 too").default(true),
  hosts: named(host, "hosts by their names"),
  routers: named(router, "routers by their names").default({}),
  links: sized(
    list(link, "links", "what is joined with what"),
    { least: 1, most: MOST_LINKS },
    `must be one link or more, at most ${MOST_LINKS}`,
  ),
  routes: list(route, "routes", "ways that are not the shortest").default([]),
}, "a lab: hosts, routers and links");

/** See {@linkcode labFile}. */
export type LabFile = z.output<typeof labFile>;

/** A middlebox as it stands in the file. */
export type MiddleboxEntry = LabFile["routers"][string]["middleboxes"][number];

/** A service as it stands in the file. */
export type ServiceEntry = LabFile["hosts"][string]["services"][number];

/** A link as it stands in the file. */
export type LinkEntry = LabFile["links"][number];
