import type { Command } from "../../command.ts";
import { keys } from "./keys/command.ts";
import { options } from "./options.ts";
import { unit } from "./unit/command.ts";

/** `spider serve`: the declaration alone. */
export const serve: Command<typeof options> = {
  name: "serve",
  section: "This program",
  summary: "Serve this host as a vantage point, over HTTP",
  about: [
    "Others ask for measurements over HTTP, and get their results. Who may ask says a key: make one " +
    "with spider serve keys add. Without any, it answers this host alone.",
    "It goes on with what it was asked for after it was ended, in whatever way. SIGTERM and Ctrl-C " +
    "end it in order, SIGHUP makes it read its configuration again.",
    "From nothing to a measurement that curl has asked for and a browser shows, in five minutes: spider " +
    "help serving.",
  ],
  positionals: [],
  options,
  examples: [
    { line: "spider serve", does: "Serves this host at http://127.0.0.1:8642." },
    {
      line: "spider serve --config serve.yaml --host 0.0.0.0 --tls-cert cert.pem --tls-key key.pem",
      does: "Serves others, over TLS, with keys.",
    },
  ],
  commands: [keys, unit],
  load: () => import("./run.ts"),
};
