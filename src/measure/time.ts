/** A time in milliseconds since 1970 as RFC 3339 writes it, in UTC, to the millisecond. */
export function rfc3339(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
