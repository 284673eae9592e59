/** Whether a value is text that is safe for a terminal: one line without control characters. */
export function isLine(value: unknown): value is string {
  return typeof value === "string" && value !== "" && !/\p{C}/u.test(value);
}
