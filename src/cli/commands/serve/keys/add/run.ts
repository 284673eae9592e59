import type { Scope } from "../../../../../serve/keys/scope.ts";
import type { Context } from "../../../../command.ts";
import { output } from "../../../../output.ts";
import { withKeys } from "../key_store.ts";
import { keyRecord } from "../../../../../serve/keys/record.ts";
import type { AddInvocation } from "./options.ts";

const DAY = 86_400_000;

/** Runs `spider serve keys add`. */
export function run({ options, positionals }: AddInvocation, { stdout }: Context): Promise<number> {
  const [name = ""] = positionals;
  const { scope, endpoint = null, days } = options;
  const { key, text, path, isNew } = withKeys(options, ({ keys, ...where }) => ({
    ...keys.add({
      name,
      scopes: [scope as Scope],
      endpoint,
      expires: days === undefined ? null : Date.now() + days * DAY,
    }),
    ...where,
  }));
  output(
    stdout,
    options.json,
    { ...keyRecord(key), key: text },
    () =>
      `${text}\nThis is the key ${key.id} of ${name}. It is not shown again.\nIt is for the server of ` +
      `${path}${isNew ? ", a database that was made now" : ""}.`,
  );
  return Promise.resolve(0);
}
