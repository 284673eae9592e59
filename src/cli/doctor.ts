import type { Options } from "../contract/option.ts";
import type { Command, Invocation, ValuesOf } from "./command.ts";

const options = {
  restore: {
    type: "boolean",
    summary: "put back what a run that was killed left changed",
  },
} as const satisfies Options;

/** What `spider doctor` was asked for. */
export type DoctorInvocation = Invocation<ValuesOf<typeof options>>;

/** `spider doctor`: the declaration alone. */
export const doctor: Command<typeof options> = {
  name: "doctor",
  summary: "Say what a run that was killed left changed, and put it back",
  positionals: [],
  options,
  examples: [
    { line: "spider doctor", does: "Names what is left; the status is 1 when there is something." },
    { line: "spider doctor --restore", does: "Cleans up after a run that was killed." },
  ],
  load: () => import("./run/doctor.ts"),
};
