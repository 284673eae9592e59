/**
 * A failure that the user can do something about. Its message says what is wrong and what to do; the
 * program prints it alone after `spider: `, and exits with 1.
 *
 * The style of such a message, of a {@linkcode UsageError} and of a warning: it begins small, except
 * with a name or an abbreviation, ends without a full stop, and joins its parts with `: ` or `; `
 * (checked by `scripts/check_messages.ts`).
 */
export class Failure extends Error {
  override readonly name: string = "Failure";
}
