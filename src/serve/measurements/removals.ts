import type { Database } from "../database/database.ts";

/** The rows of a measurement that may be many, each with what names one. */
const MANY = [
  "DELETE FROM results WHERE number IN (SELECT number FROM results WHERE measurement = ? LIMIT ?)",
  "DELETE FROM events WHERE number IN (SELECT number FROM events WHERE measurement = ? LIMIT ?)",
  `DELETE FROM targets WHERE measurement = ?1 AND number IN
    (SELECT number FROM targets WHERE measurement = ?1 LIMIT ?2)`,
] as const;

/** What measurements have left that were removed: a million results are not deleted in one go. */
export class Removals {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Deletes something of what is left; whether there is more.
   *
   * @param most rows at most, by which it takes longer
   */
  drop(most: number): boolean {
    const removed = this.#database.first<{ readonly number: number }>(
      "SELECT number FROM measurements WHERE state = 'removed' LIMIT 1",
    );
    if (removed === undefined) return false;
    return this.#database.freeing(() => {
      for (const sql of MANY) {
        if (this.#database.run(sql, removed.number, most).changes > 0) return true;
      }
      this.#database.run("DELETE FROM measurements WHERE number = ?", removed.number);
      return true;
    });
  }
}
