import type { FlowField } from "../../contract/flow_field.ts";
import type { Result } from "../../contract/spider.ts";

/** A row of a table, by its columns. */
export type TableRow = Readonly<Record<string, unknown>>;

/** Results as rows whose columns have types. */
export interface ResultTable {
  /** The columns, in order; types are those of fields of flows. */
  readonly fields: readonly FlowField[];
  /** The rows of a result: times in seconds since 1970, lists as lists. */
  rows(result: Result): readonly TableRow[];
}

/** A column. */
export function column(name: string, type: string, summary: string): FlowField {
  return { name, type, summary };
}

const COLUMNS = [
  column("dip", "address", "the target's address"),
  column("dp", "port", "its port, null where the protocol has none"),
  column("sip", "address?", "the address of this host"),
  column("from", "time", "when the first probe or connection began"),
  column("to", "time", "when the last one ended"),
  column("method", "string?", "how it was found: scan or measure"),
  column("conditions", "strings", "what was concluded"),
  column("missed", "json", "why nothing is concluded, by arm"),
];

const FLOWS = [
  column("evidence", "json", "outcomes of each arm's flows, of those that were measured"),
  column("flow_results", "json", "the joined record of each arm"),
];

/** The columns that results have in the other forms, one row a target. */
export function ownTable(outputFlows: boolean): ResultTable {
  const fields = outputFlows ? [...COLUMNS, ...FLOWS] : COLUMNS;
  const others = fields.filter(({ name }) => name !== "from" && name !== "to");
  return {
    fields,
    rows(result) {
      const { from, to } = result.time;
      const row: Record<string, unknown> = { from: seconds(from), to: seconds(to) };
      for (const { name } of others) row[name] = result[name] ?? null;
      return [row];
    },
  };
}

/** A time of RFC 3339 in seconds since 1970. */
export function seconds(time: string): number {
  return Date.parse(time) / 1000;
}
