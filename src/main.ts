import { dispatch } from "./cli/dispatch.ts";
import { flagOf } from "./cli/flags.ts";
import { topics } from "./cli/help/topics.ts";
import { commands } from "./cli/registry.ts";
import { HELP_WIDTH, styleOf } from "./cli/terminal/style.ts";
import { teller } from "./cli/terminal/tell.ts";
import { type Uncaught, uncaught, watchUncaught } from "./cli/uncaught.ts";
import { UsageError } from "./host/usage_error.ts";
import { Failure } from "./host/failure.ts";
import { END_WITH_PARENT, READ_SOURCES, RUN_BATCH, RUN_ENDPOINT } from "./host/helper_process.ts";
import { type OutputStream, PROCESS_STREAMS, type Streams } from "./host/streams.ts";
import { ReaderGone } from "./result/reader_gone.ts";
import { RequestError } from "./run/request_error.ts";

/** Exit statuses: a failure that the user can fix, a wrong command line, a bug. */
const STATUS = { failure: 1, usage: 2, fault: 70 } as const;

/** Does what a command line asks for, and returns the exit status. */
export async function main(args: readonly string[], streams: Streams): Promise<number> {
  const style = styleOf(streams.stdout, HELP_WIDTH);
  return await dispatch(args, { ...streams, commands, topics }, style)
    .catch((error) => tellError(error, streams.stderr));
}

/** The same for the process's own streams; an uncaught error also ends it. */
async function mainOfProcess(args: readonly string[]): Promise<number> {
  const atOnce = Promise.withResolvers<never>();
  watchUncaught(atOnce.reject);
  const status = await Promise.race([main(args, PROCESS_STREAMS), atOnce.promise])
    .catch(() => STATUS.fault);
  // It ended the command, whatever status the command returned
  const error = uncaught();
  return error === null ? status : tellUncaught(error, PROCESS_STREAMS.stderr);
}

/** Reports what ended the program; returns the exit status. */
function tellError(error: unknown, stderr: OutputStream): number {
  if (uncaught() !== null) return STATUS.fault;
  if (error instanceof ReaderGone) return 0;
  if (error instanceof RequestError) return complain(error.named(flagOf), STATUS.usage, stderr);
  if (error instanceof UsageError) return complain(error.message, STATUS.usage, stderr);
  if (error instanceof Failure) return complain(error.message, STATUS.failure, stderr);
  const details = error instanceof Error ? error.stack ?? error.message : String(error);
  return tellFault(details, stderr);
}

function tellUncaught({ message, details, inPlugin }: Uncaught, stderr: OutputStream): number {
  return inPlugin
    ? complain(`${message}\n${details}`, STATUS.fault, stderr)
    : tellFault(details, stderr);
}

function tellFault(details: string, stderr: OutputStream): number {
  return complain(
    `a fault in spider itself; please report it with these lines\n${details}`,
    STATUS.fault,
    stderr,
  );
}

function complain(message: string, status: number, stderr: OutputStream): number {
  teller(stderr)(`spider: ${message}`);
  return status;
}

if (import.meta.main) {
  if (Deno.args[0] === READ_SOURCES) {
    await (await import("./plugin/reading/reader_main.ts")).serveReading(PROCESS_STREAMS);
  } else if (Deno.args[0] === RUN_BATCH) {
    await (await import("./serve/runner/main.ts")).runBatch(PROCESS_STREAMS);
    Deno.exit();
  } else if (Deno.args[0] === RUN_ENDPOINT) {
    await (await import("./serve/endpoints/process/main.ts")).runEndpoint(PROCESS_STREAMS);
    Deno.exit();
  } else if (Deno.args[0] === END_WITH_PARENT) {
    (await import("./host/end_with_parent.ts")).endWithParent("SIGTERM");
    Deno.exit(await mainOfProcess(Deno.args.slice(1)));
  } else Deno.exit(await mainOfProcess(Deno.args));
}
