import { z } from "zod";
import type { Area, Content, Example } from "../openapi/operation.ts";
import { json, lines, moment, text } from "../openapi/words.ts";
import { type ProbingCommand, probingRequests } from "./request.ts";
import { PATHS, TYPES } from "./routes.ts";

const path = z.looseObject({
  dst_addr: text("the address that was probed"),
  src_addr: text("that of this host").optional(),
  timestamp: z.int().describe("when it began, in seconds since 1970"),
  result: z.array(z.looseObject({})).describe("each probe's, or each hop's"),
}).meta({
  id: "Probed",
  description: "what answered probes, as RIPE Atlas has it: `spider help probing`",
});
const localisation = z.looseObject({
  dst_addr: text("the address that was probed"),
  feature: text("what was looked for"),
  time: z.object({ from: moment("when it began"), to: moment("when it ended") }),
  hops: z.array(z.looseObject({})).describe("who answered at each hop"),
}).meta({ id: "Localisation", description: "where something happens: `spider help locating`" });

const contents = (line: z.ZodType): Readonly<Record<keyof typeof TYPES, Content>> => ({
  json: lines(line, "a record a line"),
  csv: { schema: text("a line each, behind one of names") },
  text: { schema: text("tables for people") },
});
const targets = ["192.0.2.1"];

interface Command {
  readonly id: string;
  readonly summary: string;
  readonly line: z.ZodType;
  readonly examples: Readonly<Record<string, Example>>;
}

const commands: Readonly<Record<ProbingCommand, Command>> = {
  ping: {
    id: "ping",
    summary: "round trips to hosts",
    line: path,
    examples: {
      records: { summary: "as records", body: { targets, queries: 2 } },
      table: { summary: "as a table", body: { targets, queries: 1, numeric: true, form: "text" } },
    },
  },
  trace: {
    id: "trace",
    summary: "hops on paths to hosts",
    line: path,
    examples: {
      rows: { summary: "as CSV", body: { targets, queries: 1, max_ttl: 5, form: "csv" } },
    },
  },
  locate: {
    id: "locate",
    summary: "where on a path something happens to packets",
    line: localisation,
    examples: { ecn: { summary: "to ECN", body: { targets, feature: "ecn", max_ttl: 5 } } },
  },
};

/** The forms in which a command can write. */
function formsOf(command: ProbingCommand): readonly (keyof typeof TYPES)[] {
  return probingRequests[command].shape.form.unwrap().options;
}

/** Probes whose answer is the lines of a command, as they come. */
export const probing: Area = {
  name: "probing",
  summary: "probes that are answered at once, as lines of `spider ping`, `trace` and `locate`",
  operations: (Object.keys(commands) as ProbingCommand[]).map((command) => {
    const { id, summary, line, examples } = commands[command];
    const content = contents(line);
    return {
      ...{ id, summary, examples },
      method: "post",
      path: PATHS[command],
      scope: "measure",
      body: json(probingRequests[command]),
      answers: {
        200: {
          summary: "what was found, as it is found",
          content: Object.fromEntries(formsOf(command).map((form) => [TYPES[form], content[form]])),
        },
      },
      problems: [503],
    };
  }),
};
