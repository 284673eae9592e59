import { render } from "preact";
import { App } from "./app.ts";
import { html } from "./html.ts";
import { beginTheme } from "./theme.ts";

beginTheme();
render(html`<${App} />`, document.getElementById("page")!);
