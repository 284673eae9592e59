import { Failure } from "../../../host/failure.ts";
import { cleaned } from "../../../target/quote.ts";

/** Characters of what a server says that a message has. */
const SAID = 300;

/** A server cannot be asked, refuses, or answers what no server of this program does. */
export class RemoteFailure extends Failure {
  /** Whether the same may succeed a little later: the connection failed, or the server is at fault. */
  readonly isPassing: boolean;
  /** The status of the answer that refuses; null where there was none. */
  readonly status: number | null;

  constructor(
    message: string,
    { isPassing = false, status = null, cause }: {
      readonly isPassing?: boolean;
      readonly status?: number | null;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, { cause });
    this.isPassing = isPassing;
    this.status = status;
  }
}

/** The failure for what may succeed a little later. */
export function passing(message: string, cause?: unknown): RemoteFailure {
  return new RemoteFailure(message, { isPassing: true, cause });
}

/** The failure for an answer that makes no sense. */
export function nonsense(host: string, what: string): RemoteFailure {
  return new RemoteFailure(
    `${host} does not answer as spider serve does: ${what}; is that where a server is, of this version?`,
  );
}

/** What a server says, for a message. */
export function said(text: string): string {
  const clean = cleaned(text.trim());
  return clean.length > SAID ? `${clean.slice(0, SAID)}...` : clean;
}
