import { z } from "zod";
import type { ExperimentEvent } from "../../../contract/experiment_event.ts";
import { jsonText } from "../../../host/json_text.ts";
import { isDeeper } from "../../../host/nesting.ts";
import type { LogLevel } from "../../../host/log_level.ts";
import { rounded } from "./words.ts";

/** How deep values of an event lie in each other, at most. */
const DEEPEST = 8;
/** Words that need no quotation marks. */
const BARE = /^[\w.:/@%+-]+$/;

/** What every event has; events of later versions may have any type. */
const eventSchema = z.object({
  time: z.string(),
  type: z.string(),
  test: z.string().optional(),
  service: z.string().optional(),
});

/** Members that are shown elsewhere. */
const COMMON: ReadonlySet<string> = new Set(["id", ...Object.keys(eventSchema.shape)]);

type EventValues = Readonly<Record<string, unknown>>;
type EventType = ExperimentEvent["type"];

const LEVELS = new Map<string, LogLevel>(
  [
    ["plugin.loaded", "debug"],
    ["protocol.event", "debug"],
    ["network.fault", "warning"],
    ["expectation.missed", "error"],
  ] satisfies [EventType, LogLevel][],
);

/** A line of `events.ndjson`, as lines of logs are shown. */
export interface EventLine {
  readonly test: string | null;
  readonly service: string | null;
  readonly level: LogLevel;
  readonly time: string;
  /** Its type, and then what is told of it, such as `service.ready seconds=0.2`. */
  readonly text: string;
}

/** Reads a line of `events.ndjson`; null when it is none. */
export function readEventLine(line: string): EventLine | null {
  const value = parsed(line);
  const { success, data } = eventSchema.safeParse(value);
  if (!success || isDeeper(value, DEEPEST)) return null;
  const { time, type, test = null, service = null } = data;
  const told = Object.entries(value as EventValues)
    .filter(([name, value]) => !COMMON.has(name) && value !== null);
  const words = told.map(([name, value]) => `${bare(name)}=${bare(shown(name, value))}`);
  return {
    test,
    service,
    level: levelOf(type, value as EventValues),
    time,
    text: [type, ...words].join(" "),
  };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** A value for people: durations to the millisecond, other numbers without digits that say nothing. */
function shown(name: string, value: unknown): unknown {
  if (typeof value !== "number") return value;
  return name === "seconds" ? Math.round(value * 1000) / 1000 : rounded(value);
}

function bare(value: unknown): string {
  return typeof value === "string" && BARE.test(value) ? value : jsonText(value);
}

/** What has gone wrong is an error, whatever it is told of. */
function levelOf(type: string, { problem, state }: EventValues): LogLevel {
  if (typeof problem === "string" || state === "failed" || state === "error") return "error";
  return LEVELS.get(type) ?? "info";
}
