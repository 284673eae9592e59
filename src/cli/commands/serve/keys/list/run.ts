import { cleaned } from "../../../../../target/quote.ts";
import type { Context } from "../../../../command.ts";
import { output } from "../../../../output.ts";
import { tableLines } from "../../../../terminal/table.ts";
import { keyRecord } from "../../../../../serve/keys/record.ts";
import { withKeys } from "../key_store.ts";
import type { ListInvocation } from "./options.ts";

const COLUMNS = ["ID", "NAME", "SCOPES", "ENDPOINT", "CREATED", "ENDS"].map((title) => ({ title }));

/** Runs `spider serve keys list`. */
export function run({ options }: ListInvocation, { stdout }: Context): Promise<number> {
  const all = withKeys(options, ({ keys }) => keys.list()).map(keyRecord);
  const rows = all.map(({ id, name, scopes, endpoint, created, expires, revoked }) => [
    ...[id, cleaned(name), scopes.join(", "), endpoint ?? "all", String(created?.slice(0, 10))],
    revoked !== null ? `revoked ${revoked.slice(0, 10)}` : expires?.slice(0, 10) ?? "never",
  ]);
  output(
    stdout,
    options.json,
    all,
    () => all.length === 0 ? "There are no keys." : tableLines(COLUMNS, rows).join("\n"),
  );
  return Promise.resolve(0);
}
