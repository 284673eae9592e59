import { html } from "../html.ts";
import { type Described, Field, valueIn } from "../parts/field.ts";
import type { Draft } from "../request.ts";

const WHENS = [["once", "once"], ["interval", "every so often"], ["cron", "by cron"]] as const;

/** When a measurement is made. */
export function ScheduleFields({ draft, set, wrong }: {
  readonly draft: Draft;
  readonly set: (more: Partial<Draft>) => void;
  readonly wrong: (at: string) => string | undefined;
}) {
  const input = (key: "interval" | "cron" | "jitter" | "start" | "stop", type: string) =>
  (
    described: Described,
  ) =>
    html`
      <input type=${type} value=${draft[key]} autocomplete="off" step=${type === "number"
        ? "any"
        : undefined}
        min=${type === "number" ? 0 : undefined} onInput=${(event: Event) =>
          set({ [key]: valueIn(event) })}
        ...${described} />
    `;
  const isAgain = draft.when !== "once";
  return html`
    <fieldset>
      <legend>When</legend>
      <${Field} id="when" label="It is made" problem=${wrong("/schedule")}>${(
        described: Described,
      ) =>
        html`
          <select value=${draft.when} ...${described}
            onChange=${(event: Event) => set({ when: valueIn(event) as Draft["when"] })}>${WHENS
              .map(([value, label]) =>
                html`<option key=${value} value=${value}>${label}</option>`
              )}</select>
        `}</${Field}>
        ${draft.when === "interval" && html`
          <${Field} id="interval" label="Every" problem=${wrong("/schedule/interval")}
            hint="seconds between the beginnings of runs">${input("interval", "number")}</${Field}>
        `}
        ${draft.when === "cron" && html`
          <${Field} id="cron" label="Cron expression" problem=${wrong("/schedule/cron")}
            hint="five fields, UTC">${input("cron", "text")}</${Field}>
        `}
        ${isAgain && html`
          <${Field} id="jitter" label="Jitter" hint="seconds, up to how much later each begins"
            problem=${wrong("/schedule/jitter")}>${input("jitter", "number")}</${Field}>
        `}
        <${Field} id="start" label="Not before" hint="UTC; at once when empty" problem=${wrong(
          "/schedule/start",
        )}>${input("start", "datetime-local")}</${Field}>
        ${isAgain &&
          html`<${Field} id="stop" label="Not after" hint="UTC" problem=${
            wrong("/schedule/stop")
          }>${input("stop", "datetime-local")}</${Field}>`}
      </fieldset>
  `;
}
