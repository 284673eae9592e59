import { z } from "zod";
import { listPart } from "../lists/path_part.ts";
import type { Area, Content } from "../openapi/operation.ts";
import { json, lines, text } from "../openapi/words.ts";
import {
  groupsAnswer,
  measurementAnswer,
  resultLine,
  runAnswer,
  scheduleAnswer,
} from "./answers.ts";
import { measurementPart } from "./path_part.ts";
import { measurementRequest } from "./request.ts";
import { RESULT_COLUMN_NAMES } from "./result_columns.ts";
import { type Format, FORMATS } from "./results_stream.ts";
import { eventsHeaders, listQuery, resultsQuery } from "./routes.ts";
import { groupsQuery, runsQuery } from "./view_routes.ts";

const parts = [measurementPart];
const path = "/measurements/{id}";

/** What columns of results are called. */
const COLUMNS = RESULT_COLUMN_NAMES.join(", ");

const resultContent: Readonly<Record<Format, Content>> = {
  ndjson: lines(resultLine, "a result a line"),
  csv: { schema: text(`a line for each result, behind one of names: ${COLUMNS}`) },
  parquet: { schema: z.unknown().describe(`a file of Apache Parquet: ${COLUMNS}, rest`) },
};

/** Measurements, their results, and what happens to them. */
export const measurements: Area = {
  name: "measurements",
  summary: "what is asked for, and what comes of it",
  operations: [
    {
      id: "requestMeasurement",
      method: "post",
      path: "/measurements",
      summary: "asks for a measurement",
      scope: "measure",
      body: json(measurementRequest),
      examples: {
        planned: {
          summary: "four times a day, within ten minutes",
          body: {
            ...{ spider: "ecn", name: "every six hours", targets: [{ dip: "192.0.2.1", dp: 80 }] },
            schedule: { cron: "0 */6 * * *", jitter: 600 },
          },
        },
        listed: {
          summary: "the targets of a list that was uploaded",
          body: { spider: "mss", targets: { list: listPart.example } },
        },
        told: {
          summary: "addresses, at once, and somebody who is told of the end",
          body: {
            ...{ spider: "ecn", targets: ["192.0.2.1", "192.0.2.2"], workers: 10, seed: 7 },
            deliver: [{
              webhook: "https://hooks.example.org/spider",
              secret: "sixteen characters",
            }],
          },
        },
      },
      answers: {
        202: {
          summary: "it is kept, and made when its turn comes",
          content: json(measurementAnswer),
          headers: ["Location"],
          gives: [[measurementPart, "/id"]],
        },
      },
      problems: [503],
    },
    {
      id: "listMeasurements",
      method: "get",
      path: "/measurements",
      summary: "measurements, the newest first",
      scope: "read",
      query: listQuery,
      examples: { newest: { summary: "the newest one", query: { limit: 1 } } },
      answers: {
        200: {
          summary: "those of the key; all for admins",
          content: json(z.object({ measurements: z.array(measurementAnswer) })),
          headers: ["Link"],
        },
      },
    },
    {
      id: "getSchedule",
      method: "get",
      path: "/schedule",
      summary: "what is made when, next and last",
      scope: "read",
      answers: {
        200: {
          summary: "measurements that have not ended",
          content: json(z.object({ schedule: z.array(scheduleAnswer) })),
        },
      },
    },
    {
      id: "getMeasurement",
      method: "get",
      path,
      summary: "a measurement, with counts of its conditions",
      scope: "read",
      parts,
      answers: { 200: { summary: "it", content: json(measurementAnswer) } },
      problems: [404],
    },
    {
      id: "deleteMeasurement",
      method: "delete",
      path,
      summary: "ends one; removes one that has ended, with its results",
      scope: "measure",
      parts,
      answers: {
        202: { summary: "it ends", content: json(measurementAnswer) },
        204: { summary: "it is removed" },
      },
      problems: [404],
    },
    {
      id: "stopMeasurement",
      method: "post",
      path: `${path}/stop`,
      summary: "ends one; one that has ended stays as it is",
      scope: "measure",
      parts,
      answers: { 202: { summary: "it ends, or has ended", content: json(measurementAnswer) } },
      problems: [404],
    },
    {
      id: "getResults",
      method: "get",
      path: `${path}/results`,
      summary: "its results",
      scope: "read",
      parts,
      query: resultsQuery,
      examples: {
        first: { summary: "page by page", query: { limit: 1 } },
        having: {
          summary: "those with a condition, as a table",
          query: { format: "csv", condition: "ecn.connectivity.works", prefix: "192.0.2.0/24" },
        },
        file: {
          summary: "those of a run, as a file with types",
          query: { format: "parquet", run: 1, from: "2026-01-01T00:00:00Z" },
        },
        placed: {
          summary: "those from a place in an order on",
          query: { sort: "-address", offset: 1, limit: 100 },
        },
      },
      answers: {
        200: {
          summary: "results, with Total-Count where sort or offset was given",
          content: Object.fromEntries(
            Object.entries(FORMATS).map((
              [format, type],
            ) => [type, resultContent[format as Format]]),
          ),
          headers: ["Link", "Total-Count"],
        },
      },
      problems: [404],
    },
    {
      id: "getRuns",
      method: "get",
      path: `${path}/runs`,
      summary: "what each of its runs came to",
      scope: "read",
      parts,
      query: runsQuery,
      examples: { last: { summary: "the last ones", query: { limit: 10 } } },
      answers: {
        200: { summary: "in order", content: json(z.object({ runs: z.array(runAnswer) })) },
      },
      problems: [404],
    },
    {
      id: "getGroups",
      method: "get",
      path: `${path}/groups`,
      summary: "results of a run by prefix, AS or country",
      scope: "read",
      parts,
      query: groupsQuery,
      examples: {
        prefixes: {
          summary: "prefixes in which ECN is broken more often than elsewhere",
          query: { by: "prefix", condition: "ecn.connectivity.broken", run: 1, limit: 20 },
        },
      },
      answers: { 200: { summary: "groups", content: json(groupsAnswer) } },
      problems: [404, 503],
    },
    {
      id: "followMeasurement",
      method: "get",
      path: `${path}/events`,
      summary: "what happens to it, until it has ended",
      scope: "read",
      parts,
      headers: eventsHeaders,
      examples: { all: { summary: "from the begin on", headers: { "Last-Event-ID": 0 } } },
      answers: {
        200: {
          summary: "server-sent events: started, log, run, ended, and progress, which is not kept",
          content: { "text/event-stream": { schema: text("events, each with JSON") } },
        },
      },
      problems: [404],
    },
  ],
};
