/** The second that was written last, since 1970, and its text up to the fraction: many times fall into one. */
let second = NaN;
let text = "";

/** How a time ends, by its milliseconds. */
const THOUSANDTHS = Array.from({ length: 1000 }, (_, at) => `${String(at).padStart(3, "0")}Z`);

/** A time in milliseconds since 1970 as RFC 3339 writes it, in UTC, to the millisecond. */
export function rfc3339(milliseconds: number): string {
  const whole = Math.floor(milliseconds / 1000);
  if (whole !== second) {
    text = new Date(whole * 1000).toISOString().slice(0, -"000Z".length);
    second = whole;
  }
  return text + THOUSANDTHS[Math.floor(milliseconds - whole * 1000)];
}
