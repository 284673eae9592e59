import type { CellSelector, TestEntry } from "../file/experiment_file.ts";
import type { Faults } from "../../topology/faults.ts";
import { unknown, type ValuePath } from "../../file/yaml.ts";
import type { Cell } from "./experiment_plan.ts";

/** Tests that an experiment comes to, at most. */
export const MOST_CELLS = 5000;

const AXES = ["spider", "service", "middlebox", "ip"] as const;

/** The places of a test's matrix, once for each iteration with each set of parameters. */
export interface MatrixCells {
  /** Also those that are excluded. */
  readonly all: readonly Cell[];
  readonly left: readonly Cell[];
}

/** All places of a test's matrix. */
export function cellsOf(
  { name, matrix, iterations }: TestEntry,
  path: ValuePath,
  faults: Faults,
): MatrixCells {
  const { count, parameter_sets: sets = [{}] } = typeof iterations === "number"
    ? { count: iterations }
    : iterations;
  let cells: Cell[] = sets.flatMap((set) =>
    Array.from({ length: count }, (_, at) => count > 1 ? { iteration: at + 1, ...set } : set)
  );
  for (const axis of AXES) {
    const values = axis === "middlebox" ? matrix.middlebox?.map(({ name }) => name) : matrix[axis];
    if (values === undefined) continue;
    if (cells.length * values.length > MOST_CELLS) {
      faults.add([...path, "matrix"], `it comes to more than ${MOST_CELLS} tests`);
      return { all: [], left: [] };
    }
    cells = cells.flatMap((cell) => values.map((value) => ({ ...cell, [axis]: value })));
  }
  const left = cells.filter((cell) => !matrix.exclude.some((place) => isWithin(cell, place)));
  if (left.length === 0) faults.add([...path, "matrix"], "exclude leaves nothing of it");
  const ids = new Set<string>();
  for (const cell of left) {
    const id = cellId(name, cell);
    if (ids.has(id)) faults.add([...path, "matrix"], `there is ${id} more than once`);
    ids.add(id);
  }
  return { all: cells, left };
}

/**
 * What a test selects of its matrix must be there.
 *
 * @param wrong values of the matrix that are faults themselves; one of them may have been meant
 */
export function checkSelectors(
  { matrix, expect }: TestEntry,
  cells: readonly Cell[],
  path: ValuePath,
  wrong: ReadonlySet<string>,
  faults: Faults,
): void {
  const check = (selector: CellSelector, where: ValuePath) =>
    checkSelector(selector, cells, where, wrong, faults);
  matrix.exclude.forEach((selector, at) => check(selector, [...path, "matrix", "exclude", at]));
  expect.forEach(({ when }, at) => check(when, [...path, "expect", at, "when"]));
}

/** A selector that selects no cell is a fault: what is expected of none would hold in silence. */
function checkSelector(
  selector: CellSelector,
  cells: readonly Cell[],
  where: ValuePath,
  wrong: ReadonlySet<string>,
  faults: Faults,
): void {
  const names = [...new Set(cells.flatMap((cell) => Object.keys(cell)))];
  const before = faults.all.length;
  for (const [name, told] of Object.entries(selector)) {
    const path = [...where, name];
    if (!names.includes(name)) {
      faults.add(path, unknown("part of the matrix", name, names.length > 0 ? names : AXES), true);
      continue;
    }
    const values = [...new Set(cells.flatMap((cell) => cell[name] ?? []))];
    for (const [at, value] of [told].flat().entries()) {
      if (values.includes(value) || values.some((one) => wrong.has(String(one)))) continue;
      const alike = values.some((one) => String(one) === String(value));
      faults.add(
        Array.isArray(told) ? [...path, at] : path,
        alike
          ? `${name} is ${typeof values[0] === "number" ? "a number" : "a text"} in the matrix`
          : unknown(`value of ${name}`, String(value), values.map(String)),
      );
    }
  }
  if (
    faults.all.length > before || wrong.size > 0 || cells.some((cell) => isWithin(cell, selector))
  ) {
    return;
  }
  faults.add(where, "no place of the matrix has all of these values");
}

/** Whether a selector selects a cell: of each list the cell has one value. */
export function isWithin(cell: Cell, selector: CellSelector): boolean {
  return Object.entries(selector).every(([name, told]) =>
    [told].flat().some((value) => cell[name] === value)
  );
}

/** The name of a test in a cell of its matrix. */
export function cellId(test: string, cell: Cell): string {
  const words = Object.entries(cell).map(([name, value]) => `${name}=${value}`);
  return words.length === 0 ? test : `${test}[${words.join(",")}]`;
}
