import type { Command } from "./command.ts";

/**
 * Loads the declaration of each command, by its name: a new one is its folder and a line here. Help shows it
 * in its section.
 */
export const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  completion: async () => (await import("./commands/completion/command.ts")).completion,
  doctor: async () => (await import("./commands/doctor/command.ts")).doctor,
  experiment: async () => (await import("./commands/experiment/command.ts")).experiment,
  filter: async () => (await import("./commands/filter/command.ts")).filter,
  lab: async () => (await import("./commands/lab/command.ts")).lab,
  locate: async () => (await import("./commands/locate/command.ts")).locate,
  measure: async () => (await import("./commands/measure/command.ts")).measure,
  metadata: async () => (await import("./commands/metadata/command.ts")).metadata,
  observe: async () => (await import("./commands/observe/command.ts")).observe,
  ping: async () => (await import("./commands/ping/command.ts")).ping,
  plugins: async () => (await import("./commands/plugins/command.ts")).plugins,
  remote: async () => (await import("./commands/remote/command.ts")).remote,
  scan: async () => (await import("./commands/scan/command.ts")).scan,
  serve: async () => (await import("./commands/serve/command.ts")).serve,
  trace: async () => (await import("./commands/trace/command.ts")).trace,
  tutorial: async () => (await import("./commands/tutorial/command.ts")).tutorial,
  upload: async () => (await import("./commands/upload/command.ts")).upload,
};
