import type { Observer } from "../contract/observer.ts";

/** The observers that ship with the program: a new one is a file and a line here. */
export const OBSERVERS: Readonly<Record<string, () => Promise<{ default: Observer }>>> = {
  tap: () => import("../../plugins/observers/tap.ts"),
};
