import { useRef } from "preact/hooks";
import { html } from "../html.ts";

/** A button for what cannot be undone: it is asked once more. */
export function AskFirst({ label, question, act, kind = "" }: {
  readonly label: string;
  readonly question: string;
  readonly act: () => void;
  readonly kind?: string;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const close = () => dialog.current?.close();
  return html`
    <button type="button" class=${kind} onClick=${() =>
      dialog.current?.showModal()}>${label}</button>
    <dialog ref=${dialog} class="small" aria-label=${label}>
      <p>${question}</p>
      <div class="actions">
        <button type="button" autofocus onClick=${close}>Cancel</button>
        <button type="button" class="danger" onClick=${() => {
          close();
          act();
        }}>${label}</button>
      </div>
    </dialog>
  `;
}
