import type { Invocation } from "../../command.ts";

/** The shells that there are scripts for. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** What `spider completion` was asked for. */
export type CompletionInvocation = Invocation<Record<never, never>>;
