import { chains as builtIn } from "../../observe/chains.ts";
import { fieldOwners, fieldProblem } from "../../observe/js/check.ts";
import { HOOKS } from "../../observe/js/hooks.ts";
import type { Fault } from "../fault.ts";

/** Faults in its fields and hooks beyond their form. */
export function chainReferences(data: Readonly<Record<string, unknown>>): Fault[] {
  const faults: Fault[] = [];
  const taken = fieldOwners();
  for (const [name, field] of Object.entries(Object(data.fields))) {
    const problem = fieldProblem(name, field as never);
    if (problem !== null) faults.push({ place: `fields.${name}`, text: problem });
    const owner = taken.get(name);
    if (owner !== undefined) {
      faults.push({
        place: `fields.${name}`,
        text: `has the name of a field of the chain ${owner}`,
      });
    }
  }
  if (builtIn().some(({ name }) => name === data.name)) {
    faults.push({ place: "name", text: `is that of a chain that ships with the program` });
  }
  if (!HOOKS.some((name) => data[name] !== undefined)) {
    faults.push({ place: "", text: `it has none of the hooks ${HOOKS.join(", ")}` });
  }
  return faults;
}
