import { dispatch } from "./cli/dispatch.ts";
import { topics } from "./cli/help/topics.ts";
import { commands } from "./cli/registry.ts";
import { HELP_WIDTH, styleOf } from "./cli/terminal/style.ts";
import { STATUS, tellError, tellUncaught } from "./cli/tell_error.ts";
import { uncaught, watchUncaught } from "./cli/uncaught.ts";
import { END_WITH_PARENT, READ_SOURCES, RUN_BATCH, RUN_ENDPOINT } from "./host/helper_process.ts";
import { PROCESS_STREAMS, type Streams } from "./host/streams.ts";

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
