import { counted } from "../../host/quantity.ts";
import type { Config } from "../config/schema.ts";
import { ProblemError } from "../http/problem.ts";
import type { Caller } from "../keys/access.ts";
import { hasScope } from "../keys/scope.ts";
import type { Kept, ListStore } from "./store.ts";

const HINT = "remove lists, and stop measurements that wait";

/**
 * Refuses to keep more than a key, or all of them together, may have here. Admins may.
 *
 * @param more what is to be kept besides
 * @throws {ProblemError} 507
 */
export function requireRoom(
  lists: Pick<ListStore, "kept">,
  { key, scopes }: Caller,
  { per_key: most, targets_per_key: mostOfKey, targets: mostOfAll }: Config["requests"]["lists"],
  more: Kept,
): void {
  if (hasScope(scopes, "admin")) return;
  const own = lists.kept(key);
  const told = own.lists + more.lists > most
    ? `a key has at most ${counted(most, "list")} here: ${HINT} for them`
    : own.targets + more.targets > mostOfKey
    ? `a key has at most ${
      counted(mostOfKey, "target")
    } here, in lists and in measurements: ${HINT}`
    : lists.kept(undefined).targets + more.targets > mostOfAll
    ? `this server keeps at most ${counted(mostOfAll, "target")}: ${HINT}, or ask who runs it`
    : null;
  if (told !== null) throw new ProblemError(507, told);
}
