import type { Middlebox } from "../contract/middlebox.ts";
import { Failure } from "../host/failure.ts";
import { sentence } from "./fault.ts";
import { formFaults } from "./form.ts";
import { kind } from "./kind/middlebox.ts";

/**
 * Checks what a module that was run exports. One without a name is called `name`.
 *
 * @throws {Failure} that says all that is missing or wrong
 */
export async function checkMiddlebox(
  value: unknown,
  name: string,
  where: string,
): Promise<Middlebox> {
  if (typeof value !== "object" || value === null) {
    throw new Failure(`${where} is not a middlebox: its default export is no object`);
  }
  const box = { name, ...value } as Record<string, unknown>;
  const faults = [
    ...formFaults({ data: box, functions: [], computed: [] }, kind),
    ...await kind.references(box, () => Promise.resolve([])),
  ];
  if (faults.length > 0) {
    throw new Failure(`${where} is not a middlebox: ${faults.map(sentence).join("; ")}`);
  }
  return box as unknown as Middlebox;
}
