import { useEffect, useRef } from "preact/hooks";
import { html } from "../html.ts";
import { Condition } from "../parts/condition.ts";
import { PathDrawing } from "../parts/path.ts";
import type { Result } from "../records.ts";

/** All there is of a result, in a window above the page. */
export function Details(
  { result, close }: { readonly result: Result; readonly close: () => void },
) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const { dip, domain, conditions = [], hops = [] } = result;
  return html`<dialog ref=${dialog} class="details" aria-labelledby="details-title" onClose=${close}>
    <div class="title"><h2 id="details-title" class="mono">${dip ?? domain}</h2>
      <button type="button" autofocus onClick=${() => dialog.current?.close()}>Close</button></div>
    <ul class="plain">${
    conditions.map((name) =>
      html`
        <li key=${name}>
          <${Condition} name=${name} />
        </li>
      `
    )
  }</ul>
    ${hops.length > 0 && html`<${PathDrawing} result=${result} />`}
    <pre tabindex="0" aria-label="The result as JSON">${JSON.stringify(result, null, 2)}</pre>
  </dialog>`;
}
