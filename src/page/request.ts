import { type Typed, valuesOf } from "./options.ts";
import type { OptionSchema } from "./records.ts";

/** What is typed for a measurement. */
export interface Draft {
  readonly name: string;
  readonly spider: string;
  readonly connect: string;
  /** A target a line. */
  readonly targets: string;
  /** The id of a list in place of targets; empty for none. */
  readonly list: string;
  readonly rate: string;
  readonly workers: string;
  readonly timeout: string;
  readonly repeat: string;
  readonly locate: boolean;
  readonly output_flows: boolean;
  readonly when: "once" | "interval" | "cron";
  readonly interval: string;
  readonly cron: string;
  readonly jitter: string;
  readonly start: string;
  readonly stop: string;
  readonly options: Readonly<Record<string, Typed>>;
}

/** Nothing typed yet. */
export const EMPTY: Draft = {
  ...{ name: "", spider: "", connect: "", targets: "", list: "" },
  ...{ rate: "", workers: "", timeout: "", repeat: "", locate: false, output_flows: false },
  ...{ when: "once", interval: "3600", cron: "0 */6 * * *", jitter: "", start: "", stop: "" },
  options: {},
};

/** Numbers of a request, by the names that its fields have. */
const NUMBERS = ["rate", "workers", "timeout", "repeat"] as const;

/** The body of `POST /measurements`. What nothing is typed for is left to the server. */
export function bodyOf(
  draft: Draft,
  properties: Readonly<Record<string, OptionSchema>>,
): Readonly<Record<string, unknown>> {
  const options = valuesOf(properties, draft.options);
  const targets = draft.targets.split("\n").map((line) => line.trim()).filter((line) =>
    line !== ""
  );
  return {
    spider: draft.spider,
    targets: draft.list === "" ? targets : { list: draft.list },
    ...(Object.keys(options).length === 0 ? {} : { options }),
    ...given("name", draft.name),
    ...given("connect", draft.connect),
    ...Object.fromEntries(
      NUMBERS.flatMap((name) => Object.entries(given(name, draft[name], Number))),
    ),
    ...(draft.locate ? { locate: true } : {}),
    ...(draft.output_flows ? { output_flows: true } : {}),
    ...scheduleOf(draft),
  };
}

function scheduleOf({ when, interval, cron, jitter, start, stop }: Draft) {
  const more = {
    ...given("jitter", jitter, Number),
    ...given("start", start, asTime),
    ...given("stop", stop, asTime),
  };
  if (when === "once") return start === "" ? {} : { schedule: given("start", start, asTime) };
  const own = when === "interval" ? { interval: Number(interval) } : { cron };
  return { schedule: { ...own, ...more } };
}

function given(name: string, text: string, read: (text: string) => unknown = String) {
  return text.trim() === "" ? {} : { [name]: read(text.trim()) };
}

/** What a field for a time gives, which is of UTC here. */
function asTime(text: string): string {
  return `${text}${text.length === 16 ? ":00" : ""}Z`;
}
