import type { Chain, ChainFields } from "../../../contract/chain.ts";
import { checkChain } from "../../../observe/js/check.ts";
import { runElsewhere } from "../../../observe/js/distant.ts";
import { HOOKS } from "../../../observe/js/hooks.ts";
import { withTests } from "../../stored_tests.ts";
import type { Described } from "../message.ts";
import { withOctets } from "../octets.ts";
import type { Sandbox } from "../sandbox.ts";
import { RemoteHooks } from "./remote_hooks.ts";

/**
 * A chain whose hooks run in a worker: its data here, packets and records by the thousand.
 *
 * @param where its URL, for messages
 * @throws {Failure} when it is no chain, or its worker cannot be started
 */
export async function sandboxedChain(
  { data, functions, tests }: Described,
  sandbox: Sandbox,
  where: string,
): Promise<Chain> {
  await sandbox.described;
  const hooks = HOOKS.filter((hook) => functions.includes(hook));
  const own = { ...data as object, ...Object.fromEntries(hooks.map((hook) => [hook, elsewhere])) };
  const chain = checkChain(own, where);
  const remote = new RemoteHooks(sandbox, chain.name, chain.fields as ChainFields);
  return withTests(withOctets(tests), runElsewhere(chain, remote));
}

/** Stands where a hook is. */
function elsewhere(): never {
  throw new Error("this hook runs in a worker");
}
