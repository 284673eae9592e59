/** Whether a value is text that may come to a terminal: a line, and nothing that it would obey. */
export function isLine(value: unknown): value is string {
  return typeof value === "string" && value !== "" && !/\p{C}/u.test(value);
}
