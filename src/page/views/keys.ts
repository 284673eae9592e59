import { useRef, useState } from "preact/hooks";
import { ask, askJson, Problem, useAnswer } from "../ask.ts";
import { html } from "../html.ts";
import { AskFirst } from "../parts/ask_first.ts";
import { type Described, Field } from "../parts/field.ts";
import { Nothing, ProblemNotice, Waiting } from "../parts/notice.ts";
import type { Key, NewKey, Session } from "../records.ts";
import { time } from "../words.ts";

/** The keys of the server. */
export function KeysView(
  { session, reload }: { readonly session: Session; readonly reload: () => void },
) {
  const { value, problem, again } = useAnswer<{ readonly keys: readonly Key[] }>("/keys");
  const [failure, setFailure] = useState<Problem | null>(null);
  const [made, setMade] = useState<NewKey | null>(null);
  const form = useRef<HTMLFormElement>(null);
  const wrong = (at: string) => failure?.parts.find((part) => part.at === `/${at}`)?.detail;
  const tried = async (work: () => Promise<void>) => {
    setFailure(null);
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setFailure(error);
    }
  };
  const add = (event: Event) => {
    event.preventDefault();
    const data = new FormData(form.current!);
    const days = String(data.get("days"));
    const json = {
      name: String(data.get("name")),
      scope: String(data.get("scope")),
      ...(days === "" ? {} : { days: Number(days) }),
    };
    return tried(async () => {
      setMade(await askJson<NewKey>("/keys", { method: "POST", json }));
      form.current?.reset();
      again();
    });
  };
  const revoke = (id: string) =>
    tried(async () => {
      await ask(`/keys/${id}`, { method: "DELETE" });
      again();
    });
  const isOpen = session.key === null;
  return html`
    <h1>Keys</h1>
        ${isOpen &&
          html`<p class="notice warn">This server asks for no key as long as it has none. The
      first one must be of an admin; from then on every request needs a key, and this page a log-in.</p>`}
        <${ProblemNotice} problem=${failure} />
        ${made !== null && html`
          <section class="notice good" role="status" aria-label="The new key">
            <p>The key of <strong>${made.name}</strong>. It is not shown again:</p>
            <p><code class="secret" tabindex="0">${made.key}</code></p>
            <button type="button" onClick=${() => {
              setMade(null);
              if (isOpen) reload();
            }}>It is kept elsewhere</button>
          </section>
        `}
        <form ref=${form} class="in-row" onSubmit=${add} aria-label="Make a key">
      <${Field} id="key-name" label="Who gets it" problem=${wrong("name")}>${(
        described: Described,
      ) =>
        html`<input name="name" required maxlength="200" autocomplete="off" ...${described} />`}</${Field}>
          <${Field} id="key-scope" label="What it allows" problem=${wrong("scope")}>${(
            described: Described,
          ) =>
            html`<select name="scope" ...${described}>
        <option value="read">read</option>
        <option value="measure" selected=${!isOpen}>measure</option>
        <option value="admin" selected=${isOpen}>admin</option></select>`}</${Field}>
          <${Field} id="key-days" label="Days it is taken" problem=${wrong("days")}>${(
            described: Described,
          ) =>
            html`<input name="days" type="number" min="1" max="36500" placeholder="for ever" ...${described} />`}</${Field}>
          <button class="main">Make a key</button>
        </form>
        <${ProblemNotice} problem=${problem} />
        ${value === null && problem === null && html`<${Waiting} />`}
        ${value?.keys.length === 0 && html`<${Nothing}>There is no key yet.</${Nothing}>`}
        ${value !== null && value.keys.length > 0 &&
          html`
            <div class="scroll" tabindex="0" role="region" aria-label="Keys">
              <table>
                <thead>
                  <tr>
                    <th scope="col">Who</th>
                    <th scope="col">Id</th>
                    <th scope="col">Allows</th>
                    <th scope="col">Made (UTC)</th>
                    <th scope="col">Ends (UTC)</th>
                    <th scope="col">Actions</th>
                  </tr>
                </thead>
                <tbody>${value.keys.map((
                  { id, name, scopes, endpoint, created, expires, revoked },
                ) =>
                  html`
                    <tr key=${id} class=${revoked === null ? "" : "gone"}>
                      <th scope="row">${name}</th>
                      <td class="mono">${id}</td>
                      <td>${scopes.join(", ")}${endpoint === null
                        ? ""
                        : ` (${endpoint} alone)`}</td>
                      <td class="time">${time(created)}</td>
                      <td class="time">${revoked === null
                        ? expires === null ? "never" : time(expires)
                        : "revoked"}</td>
                      <td>${revoked === null && html`
                        <${AskFirst} label="Revoke" name="Revoke the key of ${name}" act=${() =>
                          revoke(id)}
                          question="Revoke the key of ${name}? What it was used for then stops to be answered." />
                      `}</td>
                    </tr>
                  `
                )}</tbody>
              </table>
            </div>
          `}
  `;
}
