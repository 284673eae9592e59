import type { Cell } from "./experiment_plan.ts";

const PLACE = /\$\{([^}]*)\}/g;

/** Puts the values of a cell where `${NAME}` stands for them, in all texts that a value holds. */
export function substitute<T>(value: T, cell: Cell): T {
  if (typeof value === "string") {
    const whole = /^\$\{([^}]*)\}$/.exec(value);
    // A text that is nothing else becomes the value itself, also where that is a number
    if (whole !== null && Object.hasOwn(cell, whole[1]!)) return cell[whole[1]!] as T;
    return value.replaceAll(
      PLACE,
      (text, name: string) => Object.hasOwn(cell, name) ? String(cell[name]) : text,
    ) as T;
  }
  if (Array.isArray(value)) return value.map((one) => substitute(one, cell)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, substitute(inner, cell)]),
  ) as T;
}

/** Names that stand in `${NAME}` and that no cell has. */
export function unknownPlaces(value: unknown, names: readonly string[]): string[] {
  if (typeof value === "string") {
    return [...value.matchAll(PLACE)].map(([, name]) => name!).filter((name) =>
      !names.includes(name)
    );
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap((inner) => unknownPlaces(inner, names));
}
