const NUMBERS = new Intl.NumberFormat("en");
const SHARES = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 1 });

/** A number as people read it: `1,000,000`. */
export function count(value: number): string {
  return NUMBERS.format(value);
}

/** A number of things: `1 result`, `2 results`. */
export function counted(value: number, what: string): string {
  return `${count(value)} ${what}${value === 1 ? "" : "s"}`;
}

/** A part of a whole in percent; what is little and not nothing is not 0 %. */
export function share(part: number, whole: number): string {
  if (whole === 0) return "0%";
  const value = part / whole;
  if (part > 0 && value < 0.001) return "<0.1%";
  if (part < whole && value > 0.999) return ">99.9%";
  return SHARES.format(value);
}

/** A time in UTC to the second: `2026-11-30 13:15:02`; a dash for none. */
export function time(text: string | null | undefined): string {
  const at = text === null || text === undefined ? NaN : Date.parse(text);
  return Number.isNaN(at) ? "–" : new Date(at).toISOString().slice(0, 19).replace("T", " ");
}

/** How long it is between two times, or until now: `3 min 5 s`. */
export function duration(from: string, to: string | null, now = Date.now()): string {
  const seconds = Math.max(
    0,
    Math.round(((to === null ? now : Date.parse(to)) - Date.parse(from)) / 1000),
  );
  const parts = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [seconds % 60, "s"],
  ] as const;
  const first = parts.findIndex(([value]) => value > 0);
  if (first < 0) return "0 s";
  // Two of them tell enough
  return parts.slice(first, first + 2).filter(([value]) => value > 0)
    .map(([value, unit]) => `${value} ${unit}`).join(" ");
}

/** Octets a second in bits a second, as operators count: `1.2 Mbit/s`. */
export function bitRate(octets: number): string {
  let value = octets * 8;
  for (const unit of ["bit/s", "kbit/s", "Mbit/s", "Gbit/s"]) {
    if (value < 1000) {
      const text = value < 10 && value !== Math.round(value) ? value.toFixed(1) : Math.round(value);
      return `${text} ${unit}`;
    }
    value /= 1000;
  }
  return `${value.toFixed(1)} Tbit/s`;
}

/** When a measurement is made. */
export function scheduleText(
  { interval, cron, jitter = 0 }: {
    readonly interval?: number;
    readonly cron?: string;
    readonly jitter?: number;
  },
): string {
  const when = cron !== undefined
    ? cron
    : interval !== undefined
    ? `every ${duration(new Date(0).toISOString(), new Date(interval * 1000).toISOString())}`
    : "once";
  return jitter > 0 ? `${when}, up to ${counted(jitter, "second")} later` : when;
}
