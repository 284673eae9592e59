import { useState } from "preact/hooks";
import { ask, Problem, useAnswer } from "../ask.ts";
import { html } from "../html.ts";
import { AskFirst } from "../parts/ask_first.ts";
import { Nothing, ProblemNotice, Waiting } from "../parts/notice.ts";
import type { Plugin } from "../records.ts";

/** The plugins that answer below routes of their own. */
export function PluginsView() {
  const { value, problem, again } = useAnswer<{ readonly plugins: readonly Plugin[] }>("/plugins");
  const [failure, setFailure] = useState<Problem | null>(null);
  const [said, setSaid] = useState("");
  const act = async (name: string, action: string) => {
    setFailure(null);
    setSaid("");
    try {
      await ask(`/plugins/${encodeURIComponent(name)}/${action}`, { method: "POST" });
      setSaid(`${name}: ${action} is done.`);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setFailure(error);
    }
    again();
  };
  return html`<h1>Plugins</h1>
    <${ProblemNotice} problem=${failure} />
    <p role="status" class="said">${said}</p>
    ${
    problem?.status === 404
      ? html`<${Nothing}>This server has no plugins with endpoints.</${Nothing}>`
      : html`<${ProblemNotice} problem=${problem} />`
  }
    ${value === null && problem === null && html`<${Waiting} />`}
    ${
    value !== null && html`
      <div class="scroll" tabindex="0" role="region" aria-label="Plugins">
        <table>
          <thead>
            <tr>
              <th scope="col">Plugin</th>
              <th scope="col">Version</th>
              <th scope="col">Route</th>
              <th scope="col">State</th>
              <th scope="col">Actions</th>
            </tr>
          </thead>
          <tbody>${value.plugins.map(({ name, version, route, state }) =>
            html`
              <tr key=${name}>
                <th scope="row">${name}</th>
                <td>${version}</td>
                <td class="mono">${route}</td>
                <td>${state}</td>
                <td>
                  <div class="actions">
                    <button type="button" aria-label="reload ${name}" disabled=${state ===
                      "unloaded"}
                      onClick=${() => act(name, "reload")}>reload</button>
                    <button type="button" aria-label="load ${name}" disabled=${state === "loaded"}
                      onClick=${() => act(name, "load")}>load</button>
                    <${AskFirst} label="unload" name="unload ${name}" disabled=${state ===
                      "unloaded"}
                      question="Unload ${name}? What is below ${route} is not answered then."
                      act=${() => act(name, "unload")} />
                  </div>
                </td>
              </tr>
            `
          )}</tbody>
        </table>
      </div>
    `
  }`;
}
