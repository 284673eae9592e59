import { randomBytes } from "node:crypto";
import type { Database } from "../database/database.ts";

/** A list of targets that was uploaded. Times are milliseconds since 1970. */
export interface TargetList {
  /** Its row. */
  readonly number: number;
  /** By which it is asked for. */
  readonly id: string;
  /** The id of the key that it was uploaded with; null without one. */
  readonly owner: string | null;
  readonly name: string;
  /** What each target has. */
  readonly needs: "address" | "domain";
  readonly created: number;
  readonly targets: number;
  /** Lines that were none. */
  readonly skipped: number;
}

/** Lists of targets, in the database of the server. */
export class ListStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Keeps a list: its targets as lines of JSON. */
  add(
    { owner, name, needs }: Pick<TargetList, "owner" | "name" | "needs">,
    lines: readonly string[],
    skipped: number,
  ): TargetList {
    const id = randomBytes(12).toString("hex");
    this.#database.transaction(() => {
      const { id: number } = this.#database.run(
        `INSERT INTO lists (id, owner, name, needs, created, targets, skipped)
          VALUES (?, ?, ?, ?, ?, ?, ?)`,
        id,
        owner,
        name,
        needs,
        Date.now(),
        lines.length,
        skipped,
      );
      for (const [at, line] of lines.entries()) {
        this.#database.run("INSERT INTO list_targets VALUES (?, ?, ?)", number, at, line);
      }
    });
    return this.get(id)!;
  }

  /** The one of an id; undefined when there is none. */
  get(id: string): TargetList | undefined {
    return this.#database.first<TargetList>("SELECT * FROM lists WHERE id = ?", id);
  }

  /** All of one key, or of all keys where it is undefined; the newest first. */
  list(owner: string | null | undefined): TargetList[] {
    const all = this.#database.all<TargetList>("SELECT * FROM lists ORDER BY number DESC");
    return all.filter((one) => owner === undefined || one.owner === owner);
  }

  /** Its targets, as lines of JSON. */
  targets({ number }: TargetList): string[] {
    return this.#database.all<{ readonly line: string }>(
      "SELECT line FROM list_targets WHERE list = ? ORDER BY number",
      number,
    ).map(({ line }) => line);
  }

  /** Forgets a list. Measurements that took their targets from it have them still. */
  remove({ number }: TargetList): void {
    this.#database.run("DELETE FROM lists WHERE number = ?", number);
  }
}
