import { useRef } from "preact/hooks";
import { html } from "../html.ts";

/** A button for what cannot be undone: it is asked once more. */
export function AskFirst({ label, name = label, question, act, disabled = false }: {
  readonly label: string;
  /** What it does, where its label alone does not say. */
  readonly name?: string;
  readonly question: string;
  readonly act: () => void;
  readonly disabled?: boolean;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const close = () => dialog.current?.close();
  return html`
    <button type="button" aria-label=${name} disabled=${disabled}
      onClick=${() => dialog.current?.showModal()}>${label}</button>
    <dialog ref=${dialog} class="small" aria-label=${name}>
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
