import type { Database } from "../database/database.ts";

/** Lists that were removed, and those that will never be whole: a million targets are not deleted in one go. */
export class ListRemovals {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Gives up what an earlier server has begun, and could not end. */
  begin(): void {
    if (this.#database.first("SELECT 1 FROM lists WHERE state = 'coming'") === undefined) return;
    this.#database.freeing(() =>
      this.#database.run("UPDATE lists SET state = 'removed' WHERE state = 'coming'")
    );
  }

  /**
   * Deletes something of what no measurement needs; whether there is more.
   *
   * @param most rows at most, by which it takes longer
   */
  drop(most: number): boolean {
    const removed = this.#database.first<{ readonly number: number }>(
      `SELECT number FROM lists WHERE state = 'removed' AND NOT EXISTS
        (SELECT 1 FROM measurements WHERE list = lists.number) LIMIT 1`,
    );
    if (removed === undefined) return false;
    const { number } = removed;
    this.#database.freeing(() => {
      const { changes } = this.#database.run(
        `DELETE FROM list_targets WHERE list = ?1 AND number IN
          (SELECT number FROM list_targets WHERE list = ?1 LIMIT ?2)`,
        number,
        most,
      );
      if (changes === 0) this.#database.run("DELETE FROM lists WHERE number = ?", number);
    });
    return true;
  }
}
