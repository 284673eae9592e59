import { dispatch } from "./cli/dispatch.ts";
import { commands } from "./cli/registry.ts";
import { tell } from "./cli/terminal/tell.ts";
import { type Uncaught, uncaught, watchUncaught } from "./cli/uncaught.ts";
import { UsageError } from "./host/usage_error.ts";
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
  const atOnce = Promise.withResolvers<never>();
  watchUncaught(atOnce.reject);
  const status = await Promise.race([dispatch(args, commands, style, print), atOnce.promise])
    .catch(tellError);
  // It ended the command, whatever the command made of that
  const error = uncaught();
  return error === null ? status : tellUncaught(error);
}

/** Says what ended the program; the exit status. */
function tellError(error: unknown): number {
  if (uncaught() !== null) return STATUS.fault;
  if (error instanceof ReaderGone) return 0;
  if (error instanceof UsageError) return complain(error.message, STATUS.usage);
  if (error instanceof Failure) return complain(error.message, STATUS.failure);
  return tellFault(error instanceof Error ? error.stack ?? error.message : String(error));
}

function tellUncaught({ message, details, inPlugin }: Uncaught): number {
  return inPlugin ? complain(`${message}\n${details}`, STATUS.fault) : tellFault(details);
}

function tellFault(details: string): number {
  return complain(
    `a fault in spider itself; please report it with these lines\n${details}`,
    STATUS.fault,
  );
}

function complain(message: string, status: number): number {
  tell(`spider: ${message}`);
  return status;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
