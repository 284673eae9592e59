import type { Database } from "../database/database.ts";

/** A list of targets that comes bit by bit, so that others are answered meanwhile. */
export class ComingList {
  readonly #database: Database;
  readonly #number: number;
  readonly #removed: () => void;
  #count = 0;

  /**
   * @param number its row
   * @param removed is told when it is given up
   */
  constructor(database: Database, number: number, removed: () => void) {
    this.#database = database;
    this.#number = number;
    this.#removed = removed;
  }

  /** How many targets it has up to now. */
  get targets(): number {
    return this.#count;
  }

  /** Keeps more targets, as lines of JSON. */
  add(lines: readonly string[]): void {
    this.#database.transaction(() => {
      this.#database.run(
        "INSERT INTO list_targets SELECT ?, ? + key, value FROM json_each(?)",
        this.#number,
        this.#count,
        JSON.stringify(lines),
      );
      const sql = "UPDATE lists SET targets = ? WHERE number = ?";
      this.#database.run(sql, this.#count + lines.length, this.#number);
    });
    this.#count += lines.length;
  }

  /**
   * It is whole, and seen from now on; its id.
   *
   * @param skipped lines that were no targets
   */
  end(skipped: number): string {
    return this.#database.first<{ readonly id: string }>(
      "UPDATE lists SET state = 'whole', skipped = ? WHERE number = ? RETURNING id",
      skipped,
      this.#number,
    )!.id;
  }

  /** Gives it up. */
  drop(): void {
    removeList(this.#database, this.#number);
    this.#removed();
  }
}

/** Lets nobody see a list any more. */
export function removeList(database: Database, number: number): void {
  database.freeing(() =>
    database.run("UPDATE lists SET state = 'removed' WHERE number = ?", number)
  );
}
