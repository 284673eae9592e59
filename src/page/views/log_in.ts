import { useRef, useState } from "preact/hooks";
import { Problem } from "../ask.ts";
import { html } from "../html.ts";
import { ProblemNotice } from "../parts/notice.ts";

/** Asks for a key. */
export function LogIn({ signIn }: { readonly signIn: (key: string) => Promise<void> }) {
  const field = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      await signIn(field.current!.value.trim());
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(
        error.status === 404
          ? new Problem(404, "This server has no sessions: load its endpoint of that name")
          : error,
      );
      field.current?.focus();
    } finally {
      setBusy(false);
    }
  };
  return html`
    <div class="log-in">
      <h1>Log in</h1>
      <p
        class="muted">This vantage point takes requests with a key alone. Who runs it makes one with${" "}
          <code>spider serve keys add</code>.</p>
      <${ProblemNotice} problem=${problem} />
      <form onSubmit=${submit}>
        <div class="field">
          <label for="key">Key</label>
          <input id="key" ref=${field} type="password" autocomplete="current-password" required
            spellcheck=${false} autofocus />
        </div>
        <button class="main" disabled=${isBusy}>Log in</button>
      </form>
      <p><a href="/about">Who measures, and how to object</a></p>
    </div>
  `;
}
