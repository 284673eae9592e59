import { useEffect, useState } from "preact/hooks";
import { html } from "../html.ts";
import { valueIn } from "../parts/field.ts";
import { hashOf } from "../location.ts";
import type { Scope, Session } from "../records.ts";
import { allows } from "../session.ts";
import { choose, type Theme, theme, THEMES } from "../theme.ts";

const VIEWS: readonly (readonly [part: string, label: string, scope: Scope])[] = [
  ["measurements", "Measurements", "read"],
  ["new", "New", "measure"],
  ["schedule", "Schedule", "read"],
  ["host", "Host", "read"],
  ["plugins", "Plugins", "admin"],
  ["keys", "Keys", "admin"],
];

/** What stands above every view: where to go, who looks, and how it looks. */
export function Header({ session, first, signOut }: {
  readonly session: Session | null;
  /** The view that is shown. */
  readonly first: string;
  readonly signOut: () => Promise<void>;
}) {
  const [chosen, setChosen] = useState<Theme>(theme());
  useEffect(() => {
    const label = VIEWS.find(([part]) => part === first)?.[1];
    document.title = `${label === undefined ? "" : `${label} · `}spider at ${location.host}`;
  }, [first]);
  return html`<header class="top">
    <a class="brand" href=${hashOf(["measurements"])}><img src="/page/icon.svg" alt="" width="22"
      height="22" /><span>spider</span><span class="host">${location.host}</span></a>
    ${
    session !== null && html`
      <nav aria-label="Views">
        <ul>${VIEWS.filter(([, , scope]) => allows(session, scope)).map(([part, label]) =>
          html`<li key=${part}><a href=${hashOf([part])}
          aria-current=${part === first ? "page" : undefined}>${label}</a></li>`
        )}</ul>
      </nav>
    `
  }
    <div class="who">
      <label class="unseen" for="theme">Colours</label>
      <select id="theme" value=${chosen} onChange=${(event: Event) => {
    const one = valueIn(event) as Theme;
    setChosen(one);
    choose(one);
  }}>${THEMES.map((one) => html`<option key=${one} value=${one}>${one}</option>`)}</select>
      ${
    session !== null && session.key !== null &&
    html`<button type="button" onClick=${signOut}>Log out</button>`
  }
    </div>
  </header>`;
}
