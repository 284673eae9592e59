import { isAddress } from "../../../host/address.ts";
import { jsonText } from "../../../host/json_text.ts";
import { UsageError } from "../../../host/usage_error.ts";
import { ResultWriter } from "../../../result/ndjson.ts";
import { splitLines } from "../../../target/lines.ts";
import { destinationProblem } from "../../../target/destination.ts";
import { cleanedLines } from "../../../target/quote.ts";
import type { Context, Invocation } from "../../command.ts";
import { INTERRUPTED } from "../../interruption.ts";
import { missingTeller } from "../../probing/hosts.ts";
import { nonsense, RemoteFailure } from "./failure.ts";
import type { RemoteCommand } from "./names.ts";
import { piecesOf } from "./pieces.ts";
import type { Session } from "./session.ts";

/** How long a server may say nothing while it probes, in milliseconds: a lost probe of many is waited for. */
const SILENCE = 600_000;

/** The path at which each command is asked for. */
const PATHS = { ping: "pings", trace: "traces", locate: "locations" } as const;

/** Has a server probe hosts, and writes what its command writes; the exit status. */
export async function probeThere(
  session: Session,
  command: Exclude<RemoteCommand, "measure">,
  { options, positionals }: Invocation,
): Promise<number> {
  const { server, signal, streams } = session;
  const { json, csv, ...asked } = options;
  if (json && csv) throw new UsageError("--json and --csv exclude each other; give one");
  const name = positionals.find((host) => !isAddress(host));
  if (name !== undefined) {
    throw new UsageError(
      `a server probes addresses, so that names mean the same there: not ${name}`,
    );
  }
  const members = Object.entries(asked).filter(([, value]) =>
    value !== undefined && value !== false
  )
    .map(([option, value]) => [option.replaceAll("-", "_"), value]);
  const form = json ? "json" : csv ? "csv" : "text";
  const targets = targetsOf(positionals, streams);
  if (targets.length === 0) return 1;
  const writer = ResultWriter.open(streams.stdout);
  try {
    const answer = await server.open(PATHS[command], {
      method: "POST",
      json: { ...Object.fromEntries(members), form, targets },
      patience: SILENCE,
    });
    for await (const lines of splitLines(piecesOf(answer, server.host, SILENCE))) {
      for (const line of lines) {
        if (line === null) throw nonsense(server.host, "a line is too long");
        const waits = writer.room(signal);
        if (waits !== null) await waits;
        const text = json ? recordText(server.host, line) : cleanedLines(line);
        writer.writeBytes(new TextEncoder().encode(`${text}\n`));
      }
      writer.flush();
    }
    return targets.length === positionals.length ? 0 : 1;
  } catch (error) {
    if (signal.aborted && error instanceof RemoteFailure) return INTERRUPTED;
    throw error;
  } finally {
    await writer.close();
  }
}

/** Those that can be targets; the user is told of the others, as by the command of this host. */
function targetsOf(hosts: readonly string[], streams: Context): string[] {
  const missing = missingTeller(streams);
  return hosts.filter((host) => {
    const problem = destinationProblem(host, null);
    if (problem !== null) missing(host, problem);
    return problem === null;
  });
}

function recordText(host: string, line: string): string {
  try {
    return jsonText(JSON.parse(line));
  } catch {
    throw nonsense(host, "a line is no JSON");
  }
}
