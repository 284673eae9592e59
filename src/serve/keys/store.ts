import type { Database } from "../database/database.ts";
import { isSecret, newKey, readKey } from "./key.ts";
import type { Scope } from "./scope.ts";

/** A key as the server knows it. Times are milliseconds since 1970. */
export interface Key {
  readonly id: string;
  /** What its holder is called. */
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** The endpoint that it is for alone; null for all that the server has. */
  readonly endpoint: string | null;
  readonly created: number;
  /** Null for never. */
  readonly expires: number | null;
  /** Null for one that is not. */
  readonly revoked: number | null;
}

/** What a new key is to be. */
export interface KeyRequest extends Pick<Key, "name" | "scopes" | "endpoint" | "expires"> {}

/** Why a key is not taken. */
export type KeyProblem = "no key of this server" | "expired" | "revoked";

interface KeyRow extends Omit<Key, "scopes"> {
  readonly scopes: string;
  readonly hash: Uint8Array;
}

/** No secret has it. */
const NO_HASH = new Uint8Array(32);

/** The keys of a server. */
export class KeyStore {
  readonly #database: Database;
  readonly #isSecret: typeof isSecret;

  /** @param isRight compares a secret with the hash of the right one */
  constructor(database: Database, isRight = isSecret) {
    this.#database = database;
    this.#isSecret = isRight;
  }

  /** Whether there is one that may be used, so that one is wanted. */
  get some(): boolean {
    return this.#database.first(
      "SELECT 1 FROM keys WHERE revoked IS NULL AND (expires IS NULL OR expires > ?) LIMIT 1",
      Date.now(),
    ) !== undefined;
  }

  /** Whether there never was one. Where the last one has ended, nobody may do what it allowed. */
  get none(): boolean {
    return this.#database.first("SELECT 1 FROM keys LIMIT 1") === undefined;
  }

  /** Makes a key; its text is not kept. */
  add(
    { name, scopes, endpoint, expires }: KeyRequest,
  ): { readonly key: Key; readonly text: string } {
    const { id, text, hash } = newKey();
    const created = Date.now();
    this.#database.run(
      "INSERT INTO keys (id, name, hash, scopes, endpoint, created, expires) VALUES (?, ?, ?, ?, ?, ?, ?)",
      id,
      name,
      hash,
      JSON.stringify(scopes),
      endpoint,
      created,
      expires === null ? null : Math.round(expires),
    );
    return { key: { id, name, scopes, endpoint, created, expires, revoked: null }, text };
  }

  /** All, in the order in which they were made. */
  list(): Key[] {
    return this.#database.all<KeyRow>("SELECT * FROM keys ORDER BY rowid").map(keyOf);
  }

  /** Takes the rights of a key away; false when there is none of that id that has some. */
  revoke(id: string): boolean {
    const sql = "UPDATE keys SET revoked = ? WHERE id = ? AND revoked IS NULL";
    return this.#database.freeing(() => this.#database.run(sql, Date.now(), id).changes > 0);
  }

  /** The key of an id; null where there is none, or it is not taken. */
  valid(id: string): Key | null {
    const row = this.#database.first<KeyRow>(
      "SELECT * FROM keys WHERE id = ? AND revoked IS NULL AND (expires IS NULL OR expires > ?)",
      id,
      Date.now(),
    );
    return row === undefined ? null : keyOf(row);
  }

  /** The key of a text, or why it is not taken. */
  check(text: string): Key | KeyProblem {
    const parts = readKey(text);
    const row = parts === null
      ? undefined
      : this.#database.first<KeyRow>("SELECT * FROM keys WHERE id = ?", parts.id);
    // Compared also where there is no such key, which must take no other time
    const isRight = this.#isSecret(parts?.secret ?? "", row?.hash ?? NO_HASH);
    if (row === undefined || !isRight) return "no key of this server";
    if (row.revoked !== null) return "revoked";
    return row.expires !== null && row.expires <= Date.now() ? "expired" : keyOf(row);
  }
}

function keyOf({ hash: _, scopes, ...row }: KeyRow): Key {
  return { ...row, scopes: JSON.parse(scopes) };
}
