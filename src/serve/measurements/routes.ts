import type { Hono } from "hono";
import { z } from "zod";
import { counted } from "../../host/quantity.ts";
import { line, must, oneOf } from "../../plugin/schema/words.ts";
import { type PrefixSet, readPrefix } from "../../target/prefix.ts";
import type { Config } from "../config/schema.ts";
import { type DeliveryParts, deliveryRoutes } from "../deliveries/routes.ts";
import { bodyOctets, jsonBody } from "../http/body.ts";
import { checkedAs } from "../http/checked.ts";
import type { ServeEnvironment } from "../http/environment.ts";
import { parametersOf } from "../http/parameters.ts";
import { ProblemError } from "../http/problem.ts";
import { queryNumber } from "../http/query_number.ts";
import { type Caller, isVisible, ownerFor, requireScope } from "../keys/access.ts";
import { hasScope } from "../keys/scope.ts";
import { whileAllowed } from "../keys/while_allowed.ts";
import type { ListStore } from "../lists/store.ts";
import { requireRoom } from "../lists/room.ts";
import { checkedRequest, type ListedTargets } from "./checked_request.ts";
import type { EventHub } from "./event_hub.ts";
import { eventStream } from "./events_stream.ts";
import { checkCondition } from "./known_condition.ts";
import { type Measurement, measurementRecord, scheduleRecord } from "./measurement.ts";
import type { Queue, WallClock } from "./queue.ts";
import { MOST_OCTETS } from "./request.ts";
import { FORMATS, resultPage, resultStream } from "./results_stream.ts";
import { resultLines } from "./result_rows.ts";
import type { ResultFilter } from "./result_filter.ts";
import type { ResultStore } from "./result_store.ts";
import { SORTS } from "./result_views.ts";
import type { MeasurementStore } from "./store.ts";
import { type ViewParts, viewRoutes } from "./view_routes.ts";

/** Most of a list that one answer has. */
const MOST = 1000;
const MOST_RESULTS = 10_000;

/** What answers about measurements are made of. */
export interface MeasurementParts extends DeliveryParts, ViewParts {
  readonly store: MeasurementStore;
  readonly kept: ResultStore;
  readonly lists: ListStore;
  readonly hub: EventHub;
  readonly queue: Queue;
  readonly config: () => Config;
  /** Aborts when the server ends. */
  readonly closing: AbortSignal;
  readonly clock: WallClock;
  /** Addresses that are never measured. */
  readonly blocked: () => PrefixSet;
}

const time = (summary: string) =>
  z.string().refine((text) => !Number.isNaN(Date.parse(text)), must("a time (RFC 3339)"))
    .transform((text) => Date.parse(text)).describe(summary);

/** What the list of measurements can be asked with. */
export const listQuery = z.strictObject({
  limit: queryNumber(1, MOST, "how many at most").default(100),
  before: queryNumber(1, Number.MAX_SAFE_INTEGER, "those behind it, as Link has it").optional(),
});

/** What results can be asked with. */
export const resultsQuery = z.strictObject({
  format: oneOf(["ndjson", "csv", "parquet"], "the form").default("ndjson"),
  run: queryNumber(1, Number.MAX_SAFE_INTEGER, "those of this run").optional(),
  condition: line("those that have it").optional(),
  prefix: line("those whose addresses are in it").refine(
    (text) => typeof readPrefix(text) !== "string",
    must("a prefix"),
  )
    .optional(),
  from: time("those that began then or later (RFC 3339)").optional(),
  to: time("those that began before (RFC 3339)").optional(),
  after: queryNumber(0, Number.MAX_SAFE_INTEGER, "those behind it, as Link has it").default(0),
  limit: queryNumber(1, MOST_RESULTS, "how many at most").optional(),
  sort: oneOf(SORTS, "the order; - for the other way").optional(),
  offset: queryNumber(0, Number.MAX_SAFE_INTEGER, "those from this place on, from 0").optional(),
});

/** Where in the events of a measurement a client goes on. */
export const eventsHeaders = z.strictObject({
  "Last-Event-ID": queryNumber(0, Number.MAX_SAFE_INTEGER, "the last event that is known already")
    .default(0),
});

/** Measurements as resources. */
export function measurementRoutes(app: Hono<ServeEnvironment>, parts: MeasurementParts): void {
  const { store, kept, lists, hub, queue, config, closing, clock, blocked, views, deliveries } =
    parts;
  const described = (measurement: Measurement) =>
    measurementRecord(measurement, {
      results: kept.countResults(measurement),
      conditions: kept.countConditions(measurement),
      deliver: deliveries.destinations(measurement.number),
    });
  /** The one that a path names, if the caller may see it; one of another is as if it were not there. */
  const found = (id: string, caller: Caller): Measurement => {
    requireScope(caller, "read");
    const measurement = store.get(id);
    if (measurement === undefined || !isVisible(measurement, caller)) {
      throw new ProblemError(404, `there is no measurement ${id}`);
    }
    return measurement;
  };

  /** A list that was uploaded; undefined where there is none that the caller may see. */
  const listed = (id: string, caller: Caller): ListedTargets | undefined => {
    const list = lists.get(id);
    return list !== undefined && isVisible(list, caller)
      ? { ...list, first: (most) => lists.targets(list, 0, most) }
      : undefined;
  };

  app.post("/measurements", async (context) => {
    const caller = context.get("caller");
    requireScope(caller, "measure");
    const { requests, measure } = config();
    const octets = await bodyOctets(context.req.raw, {
      most: Math.min(requests.upload, MOST_OCTETS),
      seconds: requests.seconds,
    });
    const now = clock.now();
    const { request, targets, planned } = await checkedRequest(jsonBody(context.req.raw, octets), {
      ...{ config: config(), blocked: blocked(), now },
      listed: (id) => listed(id, caller),
    });
    const full = fullQueue(store, caller, measure);
    if (full !== null) throw new ProblemError(503, full, { headers: { "retry-after": "60" } });
    if (!("number" in targets)) {
      requireRoom(lists, caller, requests.lists, { lists: 0, targets: targets.length });
    }
    const measurement = store.add(caller.key, request, targets, planned, now);
    queue.poke();
    context.header("Location", `/measurements/${measurement.id}`);
    return context.json(described(measurement), 202);
  });

  app.get("/measurements", (context) => {
    const caller = context.get("caller");
    requireScope(caller, "read");
    const { limit, before } = checkedAs(listQuery, parametersOf(context), "query");
    const some = store.list({ owner: ownerFor(caller), before, most: limit });
    if (some.length === limit) {
      context.header(
        "Link",
        `</measurements?limit=${limit}&before=${some.at(-1)!.number}>; rel="next"`,
      );
    }
    return context.json({ measurements: some.map(described) });
  });

  app.get("/schedule", (context) => {
    const caller = context.get("caller");
    requireScope(caller, "read");
    return context.json({ schedule: store.scheduled(ownerFor(caller)).map(scheduleRecord) });
  });

  app.get(
    "/measurements/:id",
    (context) => context.json(described(found(context.req.param("id"), context.get("caller")))),
  );

  app.delete("/measurements/:id", (context) => {
    const caller = context.get("caller");
    const measurement = found(context.req.param("id"), caller);
    requireScope(caller, "measure");
    if (measurement.ended === null) {
      queue.stop(measurement);
      return context.json(described(store.get(measurement.id)!), 202);
    }
    store.remove(measurement);
    return context.body(null, 204);
  });

  app.post("/measurements/:id/stop", (context) => {
    const caller = context.get("caller");
    const measurement = found(context.req.param("id"), caller);
    requireScope(caller, "measure");
    if (measurement.ended === null) queue.stop(measurement);
    return context.json(described(store.get(measurement.id)!), 202);
  });

  app.get("/measurements/:id/results", async (context) => {
    const { id } = context.req.param();
    const measurement = found(id, context.get("caller"));
    const asked = checkedAs(resultsQuery, parametersOf(context), "query");
    const { format, after, limit, sort = "order", offset } = asked;
    const folders = config().plugin_folders;
    await checkCondition(measurement, asked.condition, { views, folders });
    const filter = filterOf(asked);
    context.header("Content-Type", FORMATS[format]);
    if (asked.sort !== undefined || offset !== undefined) {
      checkPlaced(asked);
      const place = { sort, offset: offset ?? 0, most: limit ?? MOST };
      const { rows, total } = views.page(measurement, filter, place);
      const lines = resultLines(measurement, rows);
      context.header("Total-Count", String(total));
      return context.body(lines.map((one) => `${one}\n`).join(""));
    }
    if (limit === undefined) {
      const all = resultStream(kept, measurement, filter, { after, format });
      return context.body(whileAllowed(all, context.get("isStillCaller")));
    }
    if (format === "parquet") {
      throw new ProblemError(422, "a Parquet file has all that is asked for: leave out limit", {
        errors: [{ in: "query", at: "limit", detail: "is for ndjson and csv" }],
      });
    }
    const { octets, next } = resultPage(kept, measurement, filter, { after, most: limit, format });
    if (next !== null) {
      const query = new URLSearchParams({ ...parametersOf(context), after: String(next) });
      context.header("Link", `</measurements/${id}/results?${query}>; rel="next"`);
    }
    return context.body(octets);
  });

  viewRoutes(app, parts, found);
  deliveryRoutes(app, parts, found);

  app.get("/measurements/:id/events", (context) => {
    const measurement = found(context.req.param("id"), context.get("caller"));
    const { "Last-Event-ID": last } = checkedAs(
      eventsHeaders,
      { "Last-Event-ID": context.req.header("last-event-id") },
      "header",
    );
    context.header("Content-Type", "text/event-stream");
    context.header("Cache-Control", "no-store");
    const events = eventStream(store, kept, hub, measurement, last, closing);
    return context.body(whileAllowed(events, context.get("isStillCaller")));
  });
}

/** Why nothing more can wait; null where there is room. */
function fullQueue(
  store: Pick<MeasurementStore, "countUnended">,
  { key, scopes }: Caller,
  { queue, queue_per_key: ofKey }: Config["measure"],
): string | null {
  if (!hasScope(scopes, "admin") && store.countUnended(key) >= ofKey) {
    return `${counted(ofKey, "measurement")} of this key ${
      ofKey === 1 ? "has" : "have"
    } not ended yet`;
  }
  return store.countUnended() >= queue ? `${queue} measurements have not ended yet` : null;
}

/**
 * Pages by place are lines of JSON; what is read from its begin to its end goes by `after`.
 *
 * @throws {ProblemError} 422
 */
function checkPlaced({ format, after }: z.output<typeof resultsQuery>): void {
  const [at, detail] = format !== "ndjson"
    ? ["format", "must be ndjson with sort and offset"] as const
    : after > 0
    ? ["after", "does not go with sort and offset"] as const
    : [null, ""];
  if (at === null) return;
  throw new ProblemError(422, `${at} ${detail}`, { errors: [{ in: "query", at, detail }] });
}

function filterOf(
  { run, condition, prefix, from, to }: z.output<typeof resultsQuery>,
): ResultFilter {
  const range = prefix === undefined ? undefined : readPrefix(prefix);
  return {
    run,
    condition,
    from,
    to,
    ...(typeof range === "object"
      ? { prefix: { first: octetsOf(range.first), last: octetsOf(range.last) } }
      : {}),
  };
}

/** The octets that a prefix has as characters. */
function octetsOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
