import type { LocateReport, TraceReport } from "../../../contract/experiment_report.ts";

/** What a step `trace` or `locate` found. */
export interface Probed {
  readonly traces: readonly TraceReport[];
  readonly localisations: readonly LocateReport[];
}

/** What a line of `spider trace --json` says, as the report looks at it. */
interface TraceRecord {
  readonly dst_addr: string;
  readonly destination_ip_responded: boolean;
  readonly result: readonly {
    readonly hop: number;
    readonly result: readonly {
      readonly from?: string;
      readonly rtt?: number | null;
      readonly err?: string;
    }[];
  }[];
}

/** What a line of `spider locate --json` says, as the report looks at it. */
interface LocateRecord {
  readonly dst_addr: string;
  readonly feature: string;
  readonly summary: readonly string[];
}

/**
 * Reads what `spider trace --json` or `spider locate --json` has written; null when that is not JSON.
 */
export function readProbed(
  command: "trace" | "locate",
  output: string,
): Probed | null {
  const lines = output.split("\n").filter((line) => line !== "");
  try {
    const records = lines.map((line) => JSON.parse(line));
    return command === "trace"
      ? { traces: tracesOf(records), localisations: [] }
      : { traces: [], localisations: records.map(localisationOf) };
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** One trace for each address, with the routers of all paths to it. */
function tracesOf(records: readonly TraceRecord[]): TraceReport[] {
  return [...Map.groupBy(records, ({ dst_addr }) => dst_addr)].map(([address, paths]) => ({
    address,
    reached: paths.some((path) => path.destination_ip_responded),
    hops: [...Map.groupBy(paths.flatMap(({ result }) => result), ({ hop }) => hop)]
      .sort(([one], [other]) => one - other)
      .map(([hop, found]) => {
        const answers = found.flatMap(({ result }) => result)
          .filter(({ from }) => from !== undefined);
        const times = answers.flatMap(({ rtt }) => rtt ?? []);
        return {
          hop,
          responders: [...new Set(answers.map(({ from }) => from!))],
          rtt: times.length === 0 ? null : Math.min(...times),
          unreachable: answers.some(({ err }) => err !== undefined),
        };
      }),
  }));
}

function localisationOf({ feature, dst_addr: address, summary }: LocateRecord): LocateReport {
  return { feature, address, summary };
}
