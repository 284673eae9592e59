import type { NetworkEnvironment } from "../../../contract/environment.ts";
import { namedMiddlebox } from "../../box/named.ts";
import type { ValuePath } from "../../file/yaml.ts";
import type { Faults } from "../../topology/faults.ts";
import { type PluggedFrom, resolved } from "../../topology/plugged.ts";
import type { BoxOfMatrix, TestEntry } from "../file/experiment_file.ts";
import { loadedOr } from "./environments.ts";
import type { Cell } from "./experiment_plan.ts";
import type { PlacedBox } from "./topology.ts";

/** A middlebox that does nothing, so that there is none. */
const NONE = "transparent";

/** The middleboxes of a test's matrix. */
export class MatrixBoxes {
  readonly #boxes: readonly BoxOfMatrix[];
  /** Names of those that meet everything on their router. */
  readonly #wide = new Set<string>();
  /** Names of those that are none: each was said once, and no network has them. */
  readonly unknown = new Set<string>();

  constructor({ matrix }: TestEntry) {
    this.#boxes = matrix.middlebox ?? [];
  }

  /**
   * Notes what is wrong with them.
   *
   * @param isUsual whether each place of the matrix has a prefix of its own
   */
  async check(
    environment: NetworkEnvironment | null,
    isUsual: boolean,
    test: ValuePath,
    from: PluggedFrom,
    faults: Faults,
  ): Promise<void> {
    for (const [at, { name, middlebox, value, to }] of this.#boxes.entries()) {
      const path = [...test, "matrix", "middlebox", at];
      const named = await loadedOr(
        path,
        faults,
        () => namedMiddlebox(middlebox, from.settings, value, (one) => resolved(one, from)),
      );
      if (named === null || typeof named === "string") {
        this.unknown.add(name);
        if (named !== null) faults.add(path, named);
        continue;
      }
      if (environment?.topology === "host" && middlebox !== NONE) {
        faults.add(path, `${environment.name} has no middleboxes: take netns or simulated`);
      }
      if (isUsual && to !== undefined) {
        faults.add(
          [...path, "to"],
          "each place of the matrix has a prefix of its own: leave to out",
        );
      }
      const { narrows } = named.box;
      if (middlebox !== NONE && narrows !== undefined && !narrows.includes("to")) {
        this.#wide.add(name);
      }
    }
  }

  /** Whether that of a place meets everything on its router. */
  isWide({ middlebox }: Cell): boolean {
    return this.#wide.has(String(middlebox));
  }

  /** Those of some places, each once. */
  placed(cells: readonly Cell[], isUsual: boolean): readonly PlacedBox[] {
    const boxes: PlacedBox[] = cells.flatMap(({ middlebox }, place) => {
      const found = this.#boxes.find(({ name }) => name === middlebox);
      if (found === undefined || this.unknown.has(found.name)) return [];
      const { name, ...entry } = found;
      if (entry.middlebox === NONE) return [];
      return [{ entry, place: !isUsual || this.#wide.has(name) ? null : place }];
    });
    return [...new Map(boxes.map((box) => [JSON.stringify(box), box])).values()];
  }
}
