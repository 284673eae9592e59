import { useEffect, useRef, useState } from "preact/hooks";
import { ask, askJson, Problem, useAnswer } from "../ask.ts";
import { html } from "../html.ts";
import { type Described, Field, valueIn } from "../parts/field.ts";
import { ProblemNotice, Waiting } from "../parts/notice.ts";
import { OptionField } from "../parts/option_field.ts";
import { go } from "../navigation.ts";
import { hashOf } from "../location.ts";
import type { Spider, TargetList } from "../records.ts";
import { bodyOf, type Draft, EMPTY } from "../request.ts";
import { counted } from "../words.ts";
import { ScheduleFields } from "./schedule_fields.ts";

/** Spiders as a list of them tells. */
interface Listed {
  readonly spiders: readonly Pick<Spider, "name" | "summary">[];
}

/** Asks for a measurement: a form that is made from the options of its spider. */
export function NewView({ name }: { readonly name: string }) {
  const spiders = useAnswer<Listed>("/spiders");
  const lists = useAnswer<{ readonly lists: readonly TargetList[] }>("/lists");
  const [draft, setDraft] = useState<Draft>({ ...EMPTY, spider: name });
  const [failure, setFailure] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const chosen = useAnswer<Spider>(
    draft.spider === "" ? null : `/spiders/${encodeURIComponent(draft.spider)}`,
  );
  const set = (more: Partial<Draft>) => setDraft((before) => ({ ...before, ...more }));
  useEffect(() => {
    const all = spiders.value?.spiders ?? [];
    if (draft.spider !== "" || all.length === 0) return;
    set({ spider: (all.find((one) => one.name === "ecn") ?? all[0]!).name });
  }, [spiders.value]);
  useEffect(() => {
    // Who is told of a fault begins where it is
    form.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus();
  }, [failure]);
  const wrong = (at: string) => {
    const part = failure?.parts.find((one) => one.at === at || one.at.startsWith(`${at}/`));
    return part === undefined ? undefined : part.detail;
  };
  const tried = async (work: () => Promise<void>) => {
    setBusy(true);
    setFailure(null);
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setFailure(error);
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: Event) => {
    event.preventDefault();
    return tried(async () => {
      const json = bodyOf(draft, chosen.value?.options.properties ?? {});
      const { id } = await askJson<{ readonly id: string }>("/measurements", {
        method: "POST",
        json,
      });
      go(hashOf(["measurements", id]));
    });
  };
  const upload = (event: Event) => {
    const file = (event.currentTarget as HTMLInputElement).files?.[0];
    if (file === undefined) return;
    const query = new URLSearchParams({ name: file.name, needs: chosen.value?.needs ?? "address" });
    return tried(async () => {
      const answer = await ask(`/lists?${query}`, { method: "POST", body: file });
      const { id } = await answer.json() as TargetList;
      lists.again();
      set({ list: id });
    });
  };
  if (spiders.value === null) {
    return html`<h1>New measurement</h1>${
      spiders.problem === null
        ? html`<${Waiting} />`
        : html`<${ProblemNotice} problem=${spiders.problem} />`
    }`;
  }
  const spider = chosen.value;
  const properties = Object.entries(spider?.options.properties ?? {});
  const needs = spider?.needs === "domain" ? "name" : "address";
  return html`
    <h1>New measurement</h1>
    <${ProblemNotice} problem=${failure} />
    <form ref=${form} class="sheet" onSubmit=${submit}>
      <fieldset>
        <legend>What</legend>
        <${Field} id="spider" label="Spider" hint=${spider?.summary}
          problem=${wrong("/spider")}>${(described: Described) =>
            html`
              <select value=${draft.spider} ...${described}
                onChange=${(event: Event) =>
                  set({ spider: valueIn(event), connect: "", options: {} })}>${spiders.value!
                  .spiders.map((one) =>
                    html`<option key=${one.name} value=${one.name}>${one.name}</option>`
                  )}</select>
            `}</${Field}>
            ${properties.map(([option, schema]) =>
              html`
                <${OptionField} key=${`${draft.spider}.${option}`} name=${option} schema=${schema}
                  typed=${draft.options[option] ?? ""} problem=${wrong(`/options/${option}`)}
                  type=${(typed: string | boolean) =>
                    set({ options: { ...draft.options, [option]: typed } })} />
              `
            )}
          </fieldset>
          <fieldset><legend>Targets</legend>
            <${Field} id="list" label="From a list" problem=${wrong("/targets/list")}
              hint="Lists that were uploaded; or type targets below">${(described: Described) =>
                html`<select value=${draft.list} ...${described} onChange=${(event: Event) =>
                  set({ list: valueIn(event) })}>
            <option value="">none</option>${
                  lists.value?.lists.map(({ id, name, targets }) =>
                    html`<option key=${id} value=${id}>${name} (${
                      counted(targets, "target")
                    })</option>`
                  )
                }</select>`}</${Field}>
            <${Field} id="upload" label="Upload a list" hint="Any form that spider measure takes: lines, CSV, JSON lines">${(
              described: Described,
            ) => html`<input type="file" onChange=${upload} ...${described} />`}</${Field}>
            ${draft.list === "" && html`
              <${Field} id="targets" label="Targets" problem=${wrong("/targets")}
                hint="An ${needs} a line">${(described: Described) =>
                  html`
                    <textarea rows="6" required class="mono" spellcheck=${false} value=${draft
                      .targets}
                      onInput=${(event: Event) =>
                        set({ targets: valueIn(event) })} ...${described} />
                  `}</${Field}>
            `}
          </fieldset>
          <${ScheduleFields} draft=${draft} set=${set} wrong=${wrong} />
          <details>
            <summary>How: name, connection, rate and more</summary>
            <div class="fields">
            <${Field} id="name" label="Name" hint="What it is called here" problem=${wrong(
              "/name",
            )}>${(described: Described) =>
              html`
                <input value=${draft.name} maxlength="200" autocomplete="off" ...${described}
                  onInput=${(event: Event) => set({ name: valueIn(event) })} />
              `}</${Field}>
            <${Field} id="connect" label="Connection" problem=${wrong("/connect")}>${(
              described: Described,
            ) =>
              html`
                <select value=${draft.connect} ...${described}
                  onChange=${(event: Event) => set({ connect: valueIn(event) })}>
                          <option value="">${spider?.connect[0] ?? ""}</option>${spider?.connect
                            .slice(1).map((one) =>
                              html`<option key=${one} value=${one}>${one}</option>`
                            )}</select>
              `}</${Field}>
            ${([
              ["rate", "Rate", "sets of flows a second"],
              ["workers", "At once", "targets at a time"],
              ["timeout", "Timeout", "seconds a connection may take"],
              ["repeat", "Repeat", "times each target is measured in a run"],
            ] as const).map(([key, label, hint]) =>
              html`
                <${Field} key=${key} id=${key} label=${label} hint=${hint}
                  problem=${wrong(`/${key}`)}>${(described: Described) =>
                    html`
                      <input type="number" min="0" step="any" value=${draft[key]} ...${described}
                        onInput=${(event: Event) => set({ [key]: valueIn(event) })} />
                    `}</${Field}>
              `
            )}
            ${([
              ["locate", "Locate", "look where on the path it happens"],
              ["output_flows", "Flow records", "keep each arm's flow record with the results"],
            ] as const).map(([key, label, hint]) =>
              html`<div class="field tick" key=${key}>
          <input id=${key} type="checkbox" checked=${draft[key]}
            onChange=${(event: Event) =>
                set({ [key]: (event.currentTarget as HTMLInputElement).checked })} />
          <label for=${key}>${label}</label><p class="hint">${hint}</p></div>`
            )}
            </div>
          </details>
          <p><button class="main" disabled=${isBusy || spider === null}>Measure</button></p>
        </form>
  `;
}
