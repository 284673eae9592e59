import { Failure } from "../../host/failure.ts";

/** A module cannot be read; `line` is the line of its source, if known. */
export class SourceFailure extends Failure {
  readonly where: string;
  readonly line: number | null;

  constructor(where: string, line: number | null, message: string, cause?: unknown) {
    super(message, { cause });
    this.where = where;
    this.line = line;
  }
}
