/**
 * What makes a database of each version from the one before it; the first makes a new one. One that was
 * released is never changed: a change is one more. Times are milliseconds since 1970.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE keys (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    -- SHA-256 of the secret part
    hash BLOB NOT NULL,
    -- JSON: a list of read, measure, admin
    scopes TEXT NOT NULL,
    -- the endpoint that it is for alone; null for all
    endpoint TEXT,
    created INTEGER NOT NULL,
    expires INTEGER,
    revoked INTEGER
  ) STRICT;
  CREATE TABLE measurements (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    -- the id of the key that asked for it; null without one
    owner TEXT,
    state TEXT NOT NULL,
    -- JSON, as it was asked for, without targets
    request TEXT NOT NULL,
    created INTEGER NOT NULL,
    started INTEGER,
    ended INTEGER,
    -- why it failed, as a sentence
    problem TEXT,
    -- targets that batches which ended have taken
    position INTEGER NOT NULL DEFAULT 0,
    targets INTEGER NOT NULL,
    skipped INTEGER NOT NULL DEFAULT 0,
    -- the batch that is under way or comes next, from 1
    batch INTEGER NOT NULL DEFAULT 1
  ) STRICT;
  CREATE INDEX measurements_by_state ON measurements (state, owner, number);
  CREATE TABLE targets (
    measurement INTEGER NOT NULL REFERENCES measurements (number) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    line TEXT NOT NULL,
    PRIMARY KEY (measurement, number)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE results (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    measurement INTEGER NOT NULL REFERENCES measurements (number) ON DELETE CASCADE,
    batch INTEGER NOT NULL,
    time INTEGER NOT NULL,
    -- the target's address in order: 4 or 16 octets; null for a name
    address BLOB,
    -- the result as JSON
    line TEXT NOT NULL
  ) STRICT;
  CREATE INDEX results_by_measurement ON results (measurement, number);
  CREATE TABLE conditions (
    measurement INTEGER NOT NULL REFERENCES measurements (number) ON DELETE CASCADE,
    condition TEXT NOT NULL,
    result INTEGER NOT NULL REFERENCES results (number) ON DELETE CASCADE,
    PRIMARY KEY (measurement, condition, result)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX conditions_by_result ON conditions (result);
  CREATE TABLE events (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    measurement INTEGER NOT NULL REFERENCES measurements (number) ON DELETE CASCADE,
    time INTEGER NOT NULL,
    type TEXT NOT NULL,
    -- JSON
    data TEXT NOT NULL
  ) STRICT;
  CREATE INDEX events_by_measurement ON events (measurement, number)
  `,
];
