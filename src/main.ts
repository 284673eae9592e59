import { dispatch } from "./cli/dispatch.ts";
import { commands } from "./cli/registry.ts";
import { tell } from "./cli/tell.ts";
import { UsageError } from "./cli/usage.ts";
import { Failure } from "./host/failure.ts";
import { ReaderGone } from "./result/reader_gone.ts";
import { writeWhole } from "./result/write_whole.ts";

/** Exit statuses: a failure that the person can mend, a wrong command line, a fault of ours. */
const STATUS = { failure: 1, usage: 2, fault: 70 } as const;

/** Characters a line of help, where the terminal does not say. */
const DEFAULT_WIDTH = 80;

async function main(args: readonly string[]): Promise<number> {
  const terminal = Deno.stdout.isTerminal();
  const style = {
    width: terminal ? Deno.consoleSize().columns || DEFAULT_WIDTH : DEFAULT_WIDTH,
    colour: terminal && !Deno.noColor,
  };
  const encoder = new TextEncoder();
  const print = (text: string) => writeWhole(Deno.stdout, encoder.encode(text));
  try {
    return await dispatch(args, commands, style, print);
  } catch (error) {
    if (error instanceof ReaderGone) return 0;
    if (error instanceof UsageError) return complain(error.message, STATUS.usage);
    if (error instanceof Failure) return complain(error.message, STATUS.failure);
    const stack = error instanceof Error ? error.stack ?? error.message : String(error);
    return complain(
      `a fault in spider itself; please report it with these lines\n${stack}`,
      STATUS.fault,
    );
  }
}

function complain(message: string, status: number): number {
  tell(`spider: ${message}`);
  return status;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
