import { Failure } from "../../../../../host/failure.ts";
import type { Context } from "../../../../command.ts";
import { output } from "../../../../output.ts";
import { withKeys } from "../key_store.ts";
import type { RevokeInvocation } from "./options.ts";

/** Runs `spider serve keys revoke`. */
export function run(
  { options, positionals }: RevokeInvocation,
  { stdout }: Context,
): Promise<number> {
  const [id = ""] = positionals;
  if (!withKeys(options, ({ keys }) => keys.revoke(id))) {
    throw new Failure(`there is no key ${id} that could be revoked: see spider serve keys list`);
  }
  output(stdout, false, null, () => `The key ${id} is taken no more.`);
  return Promise.resolve(0);
}
