import type { Command } from "../../../command.ts";
import { options } from "./options.ts";

/** `spider serve unit`: the declaration alone. */
export const unit: Command<typeof options> = {
  name: "unit",
  summary: "Print a unit by which systemd runs the server, in a sandbox",
  about: [
    "The server runs as a user of its own with CAP_NET_RAW and CAP_NET_ADMIN, sees no home folders, and " +
    "writes to its own folders alone. All spiders run in there; isolate, which makes networks of its " +
    "own, does not work there. systemd knows when the server is ready, and starts it again when it hangs.",
  ],
  positionals: [],
  options,
  examples: [
    {
      line:
        "spider serve unit --config /etc/spider/serve.yaml > /etc/systemd/system/spider.service",
      does: "Makes the server a service of this host.",
    },
  ],
  load: () => import("./run.ts"),
};
