/** Texts of lately asked times, by the last bits of their milliseconds: many flows begin and end in one. */
const texts: (readonly [milliseconds: number, text: string] | undefined)[] = [];
const KEPT = 1024;

/** A time in milliseconds since 1970 as RFC 3339 writes it, in UTC, to the millisecond. */
export function rfc3339(milliseconds: number): string {
  const whole = Math.trunc(milliseconds);
  const at = whole & KEPT - 1;
  const known = texts[at];
  if (known !== undefined && known[0] === whole) return known[1];
  const text = new Date(whole).toISOString();
  texts[at] = [whole, text];
  return text;
}
