/** Ends an answer that has begun. Deno writes the error to standard error with all of its stack, which would tell nobody anything. */
export function brokenOff(why: string): Error {
  const error = new Error(why);
  error.stack = why;
  return error;
}
