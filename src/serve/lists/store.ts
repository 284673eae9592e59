import { randomBytes } from "node:crypto";
import type { Database } from "../database/database.ts";
import { ComingList, removeList } from "./coming_list.ts";

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

/** What is kept for somebody. */
export interface Kept {
  readonly lists: number;
  /** Of his lists, and those that his measurements have besides. */
  readonly targets: number;
}

/** Lists of targets, in the database of the server. */
export class ListStore {
  readonly #database: Database;
  readonly #removed: () => void;

  /** @param removed is told that there is something for {@linkcode ListRemovals} to do */
  constructor(database: Database, removed: () => void) {
    this.#database = database;
    this.#removed = removed;
  }

  /** Begins with a list, which nobody sees until it is whole. */
  begin({ owner, name, needs }: Pick<TargetList, "owner" | "name" | "needs">): ComingList {
    const { id } = this.#database.run(
      `INSERT INTO lists (id, owner, name, needs, created, targets, skipped, state)
        VALUES (?, ?, ?, ?, ?, 0, 0, 'coming')`,
      randomBytes(12).toString("hex"),
      owner,
      name,
      needs,
      Date.now(),
    );
    return new ComingList(this.#database, id, this.#removed);
  }

  /** The one of an id; undefined when there is none. */
  get(id: string): TargetList | undefined {
    const sql = "SELECT * FROM lists WHERE id = ? AND state = 'whole'";
    return this.#database.first<TargetList>(sql, id);
  }

  /** All of one key, or of all keys where it is undefined; the newest first. */
  list(owner: string | null | undefined): TargetList[] {
    const sql = "SELECT * FROM lists WHERE state = 'whole' ORDER BY number DESC";
    const all = this.#database.all<TargetList>(sql);
    return all.filter((one) => owner === undefined || one.owner === owner);
  }

  /** Its targets from a place on, as lines of JSON. */
  targets({ number }: Pick<TargetList, "number">, from: number, most: number): string[] {
    return this.#database.all<{ readonly line: string }>(
      "SELECT line FROM list_targets WHERE list = ? AND number >= ? ORDER BY number LIMIT ?",
      number,
      from,
      most,
    ).map(({ line }) => line);
  }

  /**
   * Forgets a list. Nobody sees it from now on; {@linkcode ListRemovals} deletes it when no measurement needs
   * it any more.
   */
  remove({ number }: Pick<TargetList, "number">): void {
    removeList(this.#database, number);
    this.#removed();
  }

  /** What is kept for a key, or for all where it is undefined: also what is removed, and needed still. */
  kept(owner: string | null | undefined): Kept {
    const whose = owner === undefined ? "TRUE" : "owner IS ?";
    const values = owner === undefined ? [] : [owner];
    const { lists, listed } = this.#database.first<{ lists: number; listed: number }>(
      `SELECT count(*) AS lists, ifnull(sum(targets), 0) AS listed FROM lists WHERE ${whose} AND
        (state <> 'removed' OR EXISTS (SELECT 1 FROM measurements WHERE list = lists.number))`,
      ...values,
    )!;
    const { own } = this.#database.first<{ own: number }>(
      `SELECT ifnull(sum(targets), 0) AS own FROM measurements WHERE
        state IN ('scheduled', 'queued', 'running') AND ${whose} AND list IS NULL`,
      ...values,
    )!;
    return { lists, targets: listed + own };
  }
}
