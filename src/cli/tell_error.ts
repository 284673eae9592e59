import { Failure } from "../host/failure.ts";
import type { OutputStream } from "../host/streams.ts";
import { UsageError } from "../host/usage_error.ts";
import { ReaderGone } from "../result/reader_gone.ts";
import { RequestError } from "../run/request_error.ts";
import { flagOf } from "./flags.ts";
import { teller } from "./terminal/tell.ts";
import { type Uncaught, uncaught } from "./uncaught.ts";

/** Exit statuses: a failure that the user can fix, a wrong command line, a bug. */
export const STATUS = { failure: 1, usage: 2, fault: 70 } as const;

/** Reports what ended the program; returns the exit status. */
export function tellError(error: unknown, stderr: OutputStream): number {
  if (uncaught() !== null) return STATUS.fault;
  // What went wrong first, and then what kept the rest from being put away
  if (error instanceof SuppressedError) {
    const status = tellError(error.suppressed, stderr);
    tellError(error.error, stderr);
    return status;
  }
  if (error instanceof ReaderGone) return 0;
  if (error instanceof RequestError) return complain(error.named(flagOf), STATUS.usage, stderr);
  if (error instanceof UsageError) return complain(error.message, STATUS.usage, stderr);
  if (error instanceof Failure) return complain(error.message, STATUS.failure, stderr);
  const details = error instanceof Error ? error.stack ?? error.message : String(error);
  return tellFault(details, stderr);
}

/** The same for an error that nothing caught. */
export function tellUncaught(
  { message, details, inPlugin }: Uncaught,
  stderr: OutputStream,
): number {
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
