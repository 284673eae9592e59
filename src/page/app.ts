import { useEffect, useRef } from "preact/hooks";
import { html } from "./html.ts";
import { usePageLocation } from "./navigation.ts";
import { hashOf, type PageLocation } from "./location.ts";
import { ProblemNotice, Waiting } from "./parts/notice.ts";
import type { Session } from "./records.ts";
import { allows, useSession } from "./session.ts";
import { Header } from "./views/header.ts";
import { HostView } from "./views/host.ts";
import { KeysView } from "./views/keys.ts";
import { ListView } from "./views/list.ts";
import { LogIn } from "./views/log_in.ts";
import { MeasurementView } from "./views/measurement.ts";
import { NewView } from "./views/new.ts";
import { PluginsView } from "./views/plugins.ts";
import { ScheduleView } from "./views/schedule.ts";

/** The page: who looks at it, where he is, and what is there. */
export function App() {
  const { looking, signIn, signOut, reload } = useSession();
  const here = usePageLocation();
  const main = useRef<HTMLElement>(null);
  const [first = "measurements", id] = here.parts;
  const where = `${first}/${id ?? ""}`;
  const before = useRef(where);
  useEffect(() => {
    // Who went elsewhere reads on there
    if (before.current !== where) main.current?.focus();
    before.current = where;
  }, [where]);
  const session = looking.state === "in" ? looking.session : null;
  return html`
    <a class="skip" href=${location.hash || "#/"} onClick=${(event: Event) => {
      event.preventDefault();
      main.current?.focus();
    }}>Skip to the content</a>
    <${Header} session=${session} first=${first} signOut=${signOut} />
    <main ref=${main} tabindex="-1">${looking.state === "out"
      ? html`<${LogIn} signIn=${signIn} />`
      : session === null
      ? looking.state === "unknown" && looking.problem !== null
        ? html`<${ProblemNotice} problem=${looking.problem} />`
        : html`<${Waiting} />`
      : viewOf(here, session, reload)}</main>
  `;
}

function viewOf({ parts, query }: PageLocation, session: Session, reload: () => void) {
  const [first = "measurements", id, tab = "results"] = parts;
  if (first === "measurements" && id !== undefined) {
    return html`<${MeasurementView} key=${id} ...${{ id, tab, query, session }} />`;
  }
  if (first === "measurements") return html`<${ListView} session=${session} />`;
  if (first === "new" && allows(session, "measure")) {
    return html`<${NewView} name=${query.spider ?? ""} />`;
  }
  if (first === "schedule") return html`<${ScheduleView} />`;
  if (first === "host") return html`<${HostView} />`;
  if (first === "plugins" && allows(session, "admin")) return html`<${PluginsView} />`;
  if (first === "keys" && allows(session, "admin")) {
    return html`<${KeysView} session=${session} reload=${reload} />`;
  }
  return html`
    <h1>Nothing here</h1>
    <p>There is no such page, or your key does not reach it.${" "}
          <a href=${hashOf(["measurements"])}>See the measurements.</a></p>
  `;
}
