import { lchownSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { Failure } from "../../host/failure.ts";
import { fileError } from "../../host/file_error.ts";
import { MIGRATIONS } from "./migrations.ts";
import { Reserve } from "./reserve.ts";

/** How long a change waits for that of another process, such as `spider serve keys`, in milliseconds. */
const PATIENCE = 5000;

/** Octets that the file of the write-ahead log keeps when it is begun anew. */
const MOST_LOG = 16 << 20;

/** Pages of the log after which SQLite brings them into the file by itself; its own default. */
const MOST_LOG_PAGES = 1000;

/** KiB of the file that are kept in memory at most: indexes of a million results are looked up in them. */
const CACHE = 65_536;

/**
 * SQLite's messages of errors that are no fault of this program (sqlite3_errstr), and what they mean. Its
 * codes are not told.
 */
const OUTER = new Map([
  ["database is locked", "another process holds it for too long"],
  ["attempt to write a readonly database", "it may not be written"],
  ["disk I/O error", "the disk fails"],
  ["database disk image is malformed", "it is damaged"],
  ["database or disk is full", "the disk is full"],
  ["unable to open database file", "it cannot be opened"],
  ["file is not a database", "it is no database"],
]);
const FULL = "database or disk is full";

/** The database cannot be read or written. */
export class DatabaseFailure extends Failure {
  /** Whether there is no room for more. */
  readonly isFull: boolean;

  constructor(path: string, cause: Error) {
    const why = OUTER.get(cause.message);
    super(`cannot use the database ${path}: ${why}; see to that, and start the server again`, {
      cause,
    });
    this.isFull = cause.message === FULL;
  }
}

/** A row: columns by their names. */
export type Row = Readonly<Record<string, SQLInputValue>>;

/**
 * The one database of a server: SQLite with a write-ahead log, so that what was committed is there after
 * a kill -9 (https://sqlite.org/wal.html).
 */
export class Database implements Disposable {
  readonly path: string;
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #reserve: Reserve;
  #logPages = MOST_LOG_PAGES;
  #depth = 0;

  private constructor(path: string, database: DatabaseSync) {
    this.path = path;
    this.#database = database;
    this.#reserve = new Reserve(path);
  }

  /**
   * Opens a database, and makes it where there is none. One of an older version becomes one of this.
   *
   * @param path `:memory:` for one that is gone when it is closed
   * @throws {Failure} when it cannot be opened or written, is damaged or no database, or is of a newer
   *   version; it is left as it was
   */
  static open(path: string): Database {
    let database: DatabaseSync | undefined;
    try {
      if (path !== ":memory:") {
        Deno.mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
        makeFile(path);
      }
      database = new DatabaseSync(path, { timeout: PATIENCE });
      const { user_version: version } = database.prepare("PRAGMA user_version").get() as {
        readonly user_version: number;
      };
      if (version > MIGRATIONS.length) {
        throw new Failure(
          `${path} is of version ${version}, and this program knows up to ${MIGRATIONS.length}: ` +
            "use the spider that made it, or name another database",
        );
      }
      const [{ quick_check: found }] = database.prepare("PRAGMA quick_check(1)").all() as [
        { readonly quick_check: string },
      ];
      if (found !== "ok") throw new Error(`it is damaged (${found.replaceAll(/\s+/g, " ")})`);
      // Before there are tables: so that free pages can be given back little by little
      if (version === 0) database.exec("PRAGMA auto_vacuum = INCREMENTAL");
      database.exec("PRAGMA journal_mode = WAL");
      // What a large change has made of the log is not kept as a file of that size
      database.exec(`PRAGMA journal_size_limit = ${MOST_LOG}`);
      database.exec("PRAGMA synchronous = NORMAL");
      database.exec(`PRAGMA cache_size = -${CACHE}`);
      database.exec("PRAGMA foreign_keys = ON");
      for (const [at, sql] of MIGRATIONS.entries()) {
        if (at < version) continue;
        database.exec(`BEGIN IMMEDIATE; ${sql}; PRAGMA user_version = ${at + 1}; COMMIT`);
      }
      return new Database(path, database);
    } catch (error) {
      database?.close();
      if (error instanceof Failure) throw error;
      throw new Failure(
        `cannot use the database ${path}: ${
          fileError(error)
        }; it is left as it is: put back a copy, ` +
          "or name another with database",
        { cause: error },
      );
    }
  }

  /** All rows of a query. */
  all<T = Row>(sql: string, ...values: SQLInputValue[]): T[] {
    return this.#tried(() => this.#prepared(sql).all(...values)) as T[];
  }

  /** The first row of a query; undefined when there is none. */
  first<T = Row>(sql: string, ...values: SQLInputValue[]): T | undefined {
    return this.#tried(() => this.#prepared(sql).get(...values)) as T | undefined;
  }

  /** Changes something; how many rows, and the number of a new one. */
  run(sql: string, ...values: SQLInputValue[]): { readonly changes: number; readonly id: number } {
    const { changes, lastInsertRowid } = this.#tried(() => this.#prepared(sql).run(...values));
    return { changes: Number(changes), id: Number(lastInsertRowid) };
  }

  /** Does all of something or, where it throws, nothing. May be nested. */
  transaction<T>(work: () => T): T {
    if (this.#depth > 0) return work();
    this.#tried(() => this.#database.exec("BEGIN IMMEDIATE"));
    this.#depth++;
    try {
      const value = work();
      this.#tried(() => this.#database.exec("COMMIT"));
      return value;
    } finally {
      this.#depth--;
      // Still there where it was not done, unless SQLite has rolled it back itself
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
    }
  }

  /**
   * As {@linkcode transaction}, for what frees room or takes rights away: it is done on a full disk too, with
   * the room that {@linkcode keepReserve} has kept.
   */
  freeing<T>(work: () => T): T {
    if (this.#depth > 0) return work();
    try {
      return this.transaction(work);
    } catch (error) {
      if (!(error instanceof DatabaseFailure) || !error.isFull) throw error;
      const room = this.#reserve.octets + this.#logOctets;
      return this.#reserve.lend(() => {
        // It could take all that was kept for the file, and have no room left to end
        this.all("PRAGMA wal_autocheckpoint = 0");
        try {
          return this.transaction(work);
        } finally {
          if (this.#growth + this.#logOctets <= room) this.#emptyLog();
          this.all(`PRAGMA wal_autocheckpoint = ${this.#logPages}`);
        }
      });
    }
  }

  /**
   * Keeps some room of the disk, besides its own, for {@linkcode freeing}.
   *
   * @throws {Failure} when the file that keeps it cannot be written
   */
  keepReserve(): void {
    if (this.path === ":memory:") return;
    this.#reserve.fill();
    // What the log has must find room in the file with what is kept
    const pages = Math.floor(this.#reserve.octets / 2 / this.#pragma("page_size"));
    this.#logPages = Math.max(1, Math.min(MOST_LOG_PAGES, pages));
    this.all(`PRAGMA wal_autocheckpoint = ${this.#logPages}`);
  }

  /** Octets of the write-ahead log. */
  get #logOctets(): number {
    return sizeOf(`${this.path}-wal`);
  }

  /** By how many octets the file is going to grow when all of the log has come into it. */
  get #growth(): number {
    const octets = this.#pragma("page_size") * this.#pragma("page_count");
    return Math.max(0, octets - sizeOf(this.path));
  }

  /** Octets of what it holds; the room of what was deleted is not among them. */
  get octets(): number {
    const [size, pages] = [this.#pragma("page_size"), this.#pragma("page_count")];
    return size * (pages - this.#pragma("freelist_count"));
  }

  /**
   * Gives room of what was deleted back to the file system; whether there is more of it.
   *
   * @param pages how many pages at most, by which it takes longer
   */
  giveBack(pages: number): boolean {
    const free = this.#pragma("freelist_count");
    // A row for each page: exec would end with the first
    this.freeing(() => this.all(`PRAGMA incremental_vacuum(${pages})`));
    const left = this.#pragma("freelist_count");
    // The file is cut when the log's last page has come into it
    if (free > 0) this.all("PRAGMA wal_checkpoint(PASSIVE)");
    return left > 0 && left < free;
  }

  /** Brings what the write-ahead log has into the file, and gives its room back. */
  #emptyLog(): void {
    try {
      this.all("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch (error) {
      // What was done is in the log: this is of use for the next one alone
      if (!(error instanceof DatabaseFailure) || !error.isFull) throw error;
    }
  }

  #pragma(name: "page_size" | "page_count" | "freelist_count"): number {
    return Number(this.first<Record<string, number>>(`PRAGMA ${name}`)![name]);
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** @throws {DatabaseFailure} for what is no fault of this program */
  #tried<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof Error) || !OUTER.has(error.message)) throw error;
      throw new DatabaseFailure(this.path, error);
    }
  }

  #prepared(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) this.#statements.set(sql, statement = this.#database.prepare(sql));
    return statement;
  }
}

function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}

/**
 * Makes an empty file where there is none, of whom its folder is: when root adds a key to a server that has
 * made nothing but its folder yet, that server can use what it finds. It has secrets of webhooks; SQLite
 * gives the files beside it the same mode and owner.
 */
function makeFile(path: string): void {
  try {
    Deno.openSync(path, { createNew: true, write: true, mode: 0o600 }).close();
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    // SQLite would say less of one that may not be written
    return Deno.openSync(path, { write: true }).close();
  }
  const { uid, gid } = Deno.statSync(dirname(path));
  // Not where a link leads that its owner has put there since
  if (Deno.uid() === 0 && uid !== 0) lchownSync(path, uid!, gid!);
}
