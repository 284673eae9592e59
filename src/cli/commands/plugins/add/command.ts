import type { Command } from "../../../command.ts";
import { options } from "./options.ts";

/** `spider plugins add`: the declaration alone. */
export const add: Command<typeof options> = {
  name: "add",
  summary: "Accept a plugin from a URL and keep it, so that it can be named",
  about: [
    "Shows every module with its hash, and asks. What is accepted is kept and noted in the lock " +
    "file; another hash later is refused until spider plugins update. Without --allow its code runs " +
    "without files, network, environment, processes and libraries of its own, so it cannot have a " +
    "chain as an object, nor an arm that forges packets, connects by itself or changes the host.",
  ],
  positionals: [{ name: "URL", summary: "https://, or http:// from this host itself" }],
  options,
  examples: [
    {
      line: "spider plugins add https://example.org/ecn_strict.ts",
      does: "Shows it, asks, and keeps it; then spider measure ecn_strict runs it.",
    },
  ],
  load: () => import("./run.ts"),
};
