import type { TestEntry } from "../file/experiment_file.ts";
import type { Faults } from "../../topology/faults.ts";
import { unknown, type ValuePath } from "../../file/yaml.ts";
import type { Cell } from "./experiment_plan.ts";

/** Tests that an experiment comes to, at most. */
export const MOST_CELLS = 5000;

const AXES = ["spider", "service", "middlebox", "ip"] as const;

/** All places of a test's matrix, once for each iteration with each set of parameters. */
export function cellsOf(
  { matrix, iterations }: TestEntry,
  path: ValuePath,
  faults: Faults,
): readonly Cell[] {
  const { count, parameter_sets: sets = [{}] } = typeof iterations === "number"
    ? { count: iterations }
    : iterations;
  let cells: Cell[] = sets.flatMap((set) =>
    Array.from({ length: count }, (_, at) => count > 1 ? { iteration: at + 1, ...set } : set)
  );
  for (const axis of AXES) {
    const values = matrix[axis];
    if (values === undefined) continue;
    if (cells.length * values.length > MOST_CELLS) {
      faults.add([...path, "matrix"], `it comes to more than ${MOST_CELLS} tests`);
      return [];
    }
    cells = cells.flatMap((cell) => values.map((value) => ({ ...cell, [axis]: value })));
  }
  const names = [...new Set(cells.flatMap((cell) => Object.keys(cell)))];
  matrix.exclude.forEach((place, at) => {
    for (const name of Object.keys(place)) {
      if (names.includes(name)) continue;
      const where = [...path, "matrix", "exclude", at, name];
      faults.add(where, unknown("part of the matrix", name, names.length > 0 ? names : AXES), true);
    }
  });
  return cells.filter((cell) => !matrix.exclude.some((place) => isWithin(cell, place)));
}

/** Whether a cell has all values of a place. */
export function isWithin(cell: Cell, place: Cell): boolean {
  return Object.entries(place).every(([name, value]) => cell[name] === value);
}

/** The name of a test at a place of its matrix. */
export function cellId(test: string, cell: Cell): string {
  const words = Object.entries(cell).map(([name, value]) => `${name}=${value}`);
  return words.length === 0 ? test : `${test}[${words.join(",")}]`;
}
