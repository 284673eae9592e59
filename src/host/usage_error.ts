/**
 * A wrong command line, or a request that contradicts itself, on any host. Its message is one line
 * that says what is wrong and what to do; the program prints it alone and exits with 2. For its
 * style see `Failure`.
 */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
