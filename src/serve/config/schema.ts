import { z } from "zod";
import { ENDPOINT_SCOPES } from "../../contract/endpoint.ts";
import { LOG_LEVELS } from "../../host/log_level.ts";
import { object } from "../../lab/file/yaml.ts";
import { isApiKey, observatoryUrl } from "../../result/pto/server.ts";
import { readPrefix } from "../../target/prefix.ts";
import { limits } from "../../plugin/schema/endpoint_limits.ts";
import { flag, line, list, must, oneOf } from "../../plugin/schema/words.ts";
import { OBSERVATORY_NAME } from "../deliveries/destination.ts";
import { isWebhookPrefix } from "../deliveries/webhook_url.ts";
import { withPlaceholders } from "./placeholders.ts";

/** A number, also where a placeholder has made a text of it. */
function number(minimum: number, maximum: number, summary: string, isWhole = true) {
  const said = must(`a ${isWhole ? "whole " : ""}number from ${minimum} to ${maximum}`);
  const one = (isWhole ? z.int(said) : z.number(said)).min(minimum, said).max(maximum, said);
  return z.preprocess(
    (value) => typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value,
    one,
  ).describe(summary);
}

const prefix = line("a prefix or an address").refine(
  (text) => typeof readPrefix(text) !== "string",
  {
    error: ({ input }) => `is no prefix: ${readPrefix(String(input)) as string}`,
  },
);

const origin = line("an origin").refine(isOrigin, {
  error: must("an origin, such as https://example.org").error,
});

function isOrigin(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && url.origin === text && url.origin !== "null";
}

/** A rate of requests, and how many may come at once. */
const rate = object({
  per_second: number(0.001, 1e6, "requests a second on the average", false),
  burst: number(1, 1e6, "requests at once"),
}, "an object with per_second and burst");

const listen = object({
  host: line("the address to listen on").default("127.0.0.1"),
  port: number(0, 65_535, "the port; 0 for any").default(8642),
  tls: object({
    certificate: line("a file with the certificate and those above it, PEM"),
    key: line("a file with its key, PEM"),
  }, "an object with certificate and key").describe("speak TLS, and nothing else").optional(),
  names: list(line("a name"), "names", "names by which it is asked for besides its address")
    .default([]),
}, "an object").describe("where it listens");

const log = object({
  file: line("a file; standard error when missing").optional(),
  level: oneOf(LOG_LEVELS, "the least that is written").default("info"),
}, "an object").describe("what it tells of itself");

const access = object({
  keys_in_parameters: flag("take a key also as the parameter apikey of a query or a body")
    .default(false),
  origins: z.union([
    z.literal(false),
    list(origin, "origins", "pages of which may ask, with credentials"),
  ], must("false, or a list of origins")).describe("pages of other origins that may ask").default(
    false,
  ),
  proxies: list(prefix, "prefixes", "proxies whose X-Forwarded-For is believed").default([]),
  session_hours: number(0.01, 8760, "how long a log-in lasts that nothing is done with", false)
    .default(12),
  rate_per_key: rate.prefault({ per_second: 50, burst: 200 }),
  rate_per_address: rate.prefault({ per_second: 50, burst: 200 }),
}, "an object").describe("who may ask, and how often");

const requests = object({
  body: number(1024, 1 << 30, "octets of a body at most").default(1 << 20),
  upload: number(1024, 1 << 30, "octets of a list of targets at most").default(64 << 20),
  seconds: number(1, 3600, "how long a header or a body may take to come").default(30),
  connections: number(1, 1e6, "connections at once, at most").default(1000),
  lists: object({
    per_key: number(1, 1e6, "lists of a key, at most").default(100),
    targets_per_key: number(1, 1e9, "targets of a key, in lists and measurements, at most")
      .default(10_000_000),
    targets: number(1, 1e9, "those of all keys, at most").default(100_000_000),
  }, "an object").describe("what is kept for those who are no admins").prefault({}),
}, "an object").describe("limits of requests");

const measure = object({
  interface: list(line("its name"), "names", "network interfaces; the routes choose when missing")
    .default([]),
  workers: number(1, 10_000, "targets at once, at most").default(100),
  rate: number(0.001, 1e6, "sets of flows a second that no measurement exceeds", false).optional(),
  queue: number(1, 1e6, "measurements that have not ended, at most").default(10_000),
  queue_per_key: number(1, 1e6, "those of one key that is no admin's, at most").default(1000),
  targets: number(1, 1e9, "targets of a measurement, at most").default(1_000_000),
  turn: number(0.1, 3600, "seconds that a measurement takes until another's turn", false)
    .default(10),
}, "an object").describe("limits of measurements");

const politeness = object({
  blocklist: line("a file of prefixes that are never measured, one a line").optional(),
  opted_out: list(prefix, "prefixes", "those that never want to be measured").default([]),
  about: line("who measures, and how to object; shown at /about").optional(),
}, "an object").describe("who is left alone");

const retention = object({
  days: number(0.001, 36_500, "how long what has ended is kept", false).optional(),
  megabytes: number(1, 1e9, "10^6 octets that the database may hold; those that ended first go")
    .optional(),
}, "an object").describe("what is forgotten");

const page = object({
  networks: line("a CSV file of prefix,asn,country,name, by which the page puts results together")
    .optional(),
}, "an object").describe("what the page shows");

const webhookPrefix = line("what URLs begin with").refine(isWebhookPrefix, {
  error: must("a URL without a user and a query, such as https://hooks.example.org/spider").error,
});

const base = line("what links in webhooks begin with, such as https://vantage.example.org")
  .refine((text) => /^https?:$/.test(URL.parse(text)?.protocol ?? ""), {
    error: must("a URL, such as https://vantage.example.org").error,
  }).transform((text) => text.replace(/\/+$/, ""));

const deliveries = object({
  webhooks: z.union([
    z.literal(false),
    list(webhookPrefix, "URLs", "webhooks that may be called: those, and what is below them"),
  ], must("false, or a list of URLs")).describe("which webhooks may be called").default(false),
  base: base.default(""),
}, "an object").describe("where the ends of runs may be told");

const observatory = object({
  url: line("where it is, what stands before /raw").refine(
    (text) => observatoryUrl(text) !== null,
    must("an address, such as https://pto.example.org"),
  ),
  token: z.string(must("an API key")).refine(isApiKey, must("an API key, without blanks"))
    .describe("the API key"),
  campaign: line("the campaign that files belong to"),
  owner: line("who answers for the data, as an address of mail"),
  metadata: z.record(line("a tag"), line("its value"), must("tags with their values")).default({})
    .describe("further metadata"),
}, "an object with url, token, campaign and owner");

const plugin = z.union([
  z.literal(false),
  object({
    plugin: line("its name, path or URL; its key here when missing").optional(),
    route_path: line("where it answers").regex(
      /^(\/[A-Za-z0-9._~-]+)+$/,
      must("a path, such as /netinfo"),
    ).optional(),
    options: z.record(z.string(), z.unknown(), must("an object")).optional(),
    options_file: line("a JSON file with its options").optional(),
    scope: oneOf(ENDPOINT_SCOPES, "who may ask it").optional(),
    limits: limits.optional(),
  }, "an object"),
], must("false, or an object")).refine(
  (entry) => entry === false || entry.options === undefined || entry.options_file === undefined,
  "has options and options_file: give one of them",
);

const database = line("the file of the database");

const config = object({
  listen: listen.prefault({}),
  database: database.optional(),
  log: log.prefault({}),
  access: access.prefault({}),
  requests: requests.prefault({}),
  measure: measure.prefault({}),
  politeness: politeness.prefault({}),
  retention: retention.prefault({}),
  page: page.prefault({}),
  deliveries: deliveries.prefault({}),
  observatories: z.record(
    z.string().regex(OBSERVATORY_NAME, must("letters, digits, - and _")),
    observatory,
    must("observatories by their names"),
  ).default({}).describe("observatories that results may be uploaded to"),
  plugins: z.record(
    z.string().regex(
      /^[a-z][a-z0-9_-]*$/,
      must("lower case letters, digits, dashes and underscores"),
    ),
    plugin,
    must("endpoints by their names"),
  ).default({}).describe("what answers besides the server itself"),
  plugin_folders: list(line("a folder"), "folders", "where plugins are looked for too").default([]),
  pidfile: line("a file for the process's number").optional(),
}, "a configuration");

/** The configuration of a server: every key, with its limits and what it is when missing. */
export const configSchema = z.preprocess(
  (value, context) => withPlaceholders(value, context),
  config,
);

/** What of a configuration says which database is meant. */
export const databaseSchema = z.preprocess(
  (value, context) => withPlaceholders(value, context, ["database"]),
  z.looseObject({ database: database.optional() }, must("an object")),
);

/** A configuration that was checked. */
export type Config = z.output<typeof config>;
