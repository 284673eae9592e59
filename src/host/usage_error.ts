/**
 * What was asked for is wrong in itself, whatever this host can do: a wrong command line, or a request
 * that contradicts itself. Its message is one line that says what and what to do; the program prints
 * it alone and exits with 2.
 */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
