import { createHash, randomBytes } from "node:crypto";
import type { EndpointSession, EndpointSessions } from "../../contract/endpoint.ts";
import type { Database } from "../database/database.ts";
import type { Caller } from "./access.ts";
import { sessionsIn } from "./session_cookie.ts";
import type { Key, KeyStore } from "./store.ts";

const TOKEN_OCTETS = 32;
/** Octets of what may be kept with a session. */
const MOST_DATA = 65_536;
/** Sessions of a key at once: the oldest one ends where there would be more. */
const MOST_OF_A_KEY = 100;
interface SessionRow {
  readonly key: string;
  readonly expires: number;
  readonly data: string;
}

/** Log-ins of people who have a key, each of them known by a token that is kept as a hash alone. */
export class SessionStore implements EndpointSessions {
  readonly #database: Database;
  readonly #keys: KeyStore;
  readonly #lasts: () => number;

  /** @param lasts how long a session lasts that nothing is done with, in milliseconds */
  constructor(database: Database, keys: KeyStore, lasts: () => number) {
    this.#database = database;
    this.#keys = keys;
    this.#lasts = lasts;
  }

  open(text: string): { readonly token: string; readonly session: EndpointSession } | null {
    const key = this.#keys.check(text);
    // A key for one endpoint alone has nothing to see on the page
    if (typeof key === "string" || key.endpoint !== null) return null;
    const now = Date.now();
    const database = this.#database;
    database.run("DELETE FROM sessions WHERE expires <= ?", now);
    database.run(
      "DELETE FROM sessions WHERE hash IN (SELECT hash FROM sessions WHERE key = ? " +
        "ORDER BY expires DESC LIMIT -1 OFFSET ?)",
      key.id,
      MOST_OF_A_KEY - 1,
    );
    const token = randomBytes(TOKEN_OCTETS).toString("base64url");
    const expires = this.#endOf(key, now);
    database.run(
      "INSERT INTO sessions (hash, key, expires, data) VALUES (?, ?, ?, 'null')",
      hashOf(token),
      key.id,
      expires,
    );
    return { token, session: sessionOf(key, expires, null) };
  }

  get(token: string): EndpointSession | null {
    const found = this.#find(token);
    return found === null ? null : sessionOf(found.key, found.expires, JSON.parse(found.data));
  }

  update(token: string, data: unknown): EndpointSession | null {
    const found = this.#find(token);
    const text = JSON.stringify(data);
    if (found === null || text === undefined || text.length > MOST_DATA) return null;
    const expires = this.#endOf(found.key, Date.now());
    const sql = "UPDATE sessions SET data = ?, expires = ? WHERE hash = ?";
    this.#database.run(sql, text, expires, hashOf(token));
    return sessionOf(found.key, expires, data);
  }

  end(token: string): void {
    const sql = "DELETE FROM sessions WHERE hash = ?";
    this.#database.freeing(() => this.#database.run(sql, hashOf(token)));
  }

  /** Who makes a request with a session's cookie; null for one that has none, or has ended. */
  callerOf(cookies: string | null): Caller | null {
    for (const token of sessionsIn(cookies ?? "")) {
      const found = this.#find(token);
      if (found !== null) return { key: found.key.id, scopes: found.key.scopes, endpoint: null };
    }
    return null;
  }

  #find(token: string): { key: Key; expires: number; data: string } | null {
    const row = this.#database.first<SessionRow>(
      "SELECT key, expires, data FROM sessions WHERE hash = ? AND expires > ?",
      hashOf(token),
      Date.now(),
    );
    const key = row === undefined ? null : this.#keys.valid(row.key);
    return row === undefined || key === null ? null : { ...row, key };
  }

  /** No session lasts longer than its key. */
  #endOf({ expires }: Key, now: number): number {
    return Math.min(now + this.#lasts(), expires ?? Infinity);
  }
}

function sessionOf({ id, scopes }: Key, expires: number, data: unknown): EndpointSession {
  return { key: id, scopes, expires: new Date(expires).toISOString(), data };
}

function hashOf(token: string): Uint8Array {
  return createHash("sha256").update(token).digest();
}
