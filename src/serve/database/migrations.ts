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
    -- when its first run was planned, and when the next one begins; null where none does
    origin INTEGER NOT NULL,
    next INTEGER,
    -- the run that is under way or comes next, from 1
    run INTEGER NOT NULL DEFAULT 1,
    -- targets that batches of the run which ended have taken
    position INTEGER NOT NULL DEFAULT 0,
    targets INTEGER NOT NULL,
    -- those of the run that could not be measured
    skipped INTEGER NOT NULL DEFAULT 0,
    -- the batch that is under way or comes next, from 1, through all runs
    batch INTEGER NOT NULL DEFAULT 1
  ) STRICT;
  CREATE INDEX measurements_by_state ON measurements (state, owner, number);
  CREATE INDEX measurements_by_next ON measurements (next) WHERE next IS NOT NULL;
  CREATE TABLE lists (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    owner TEXT,
    name TEXT NOT NULL,
    -- what each target has: address or domain
    needs TEXT NOT NULL,
    created INTEGER NOT NULL,
    targets INTEGER NOT NULL,
    -- lines that were none
    skipped INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE list_targets (
    list INTEGER NOT NULL REFERENCES lists (number) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    line TEXT NOT NULL,
    PRIMARY KEY (list, number)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE targets (
    measurement INTEGER NOT NULL REFERENCES measurements (number) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    line TEXT NOT NULL,
    PRIMARY KEY (measurement, number)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE results (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    measurement INTEGER NOT NULL REFERENCES measurements (number) ON DELETE CASCADE,
    run INTEGER NOT NULL,
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
  `
  -- what results come to, so that nobody counts a million of them
  CREATE TABLE tallies (
    measurement INTEGER NOT NULL REFERENCES measurements (number) ON DELETE CASCADE,
    run INTEGER NOT NULL,
    batch INTEGER NOT NULL,
    -- empty for all results
    condition TEXT NOT NULL,
    count INTEGER NOT NULL,
    -- when the first of them began
    time INTEGER NOT NULL,
    PRIMARY KEY (measurement, run, batch, condition)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO tallies
    SELECT measurement, run, batch, '', count(*), min(time) FROM results GROUP BY 1, 2, 3;
  INSERT INTO tallies
    SELECT results.measurement, run, batch, condition, count(*), min(time)
      FROM conditions JOIN results ON results.number = result GROUP BY 1, 2, 3, 4;
  -- with the run, so that no row is read for it
  DROP INDEX results_by_measurement;
  CREATE INDEX results_by_measurement ON results (measurement, number, run);
  CREATE INDEX results_by_address ON results (measurement, address, run)
  `,
  `
  CREATE TABLE destinations (
    measurement INTEGER NOT NULL REFERENCES measurements (number) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    -- whom it is, of whom is asked one thing at a time: an origin, or an observatory
    place TEXT NOT NULL,
    -- one of both
    webhook TEXT,
    observatory TEXT,
    -- what signatures are made with; null for none
    secret TEXT,
    PRIMARY KEY (measurement, number)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE deliveries (
    measurement INTEGER NOT NULL,
    -- from 1, of its measurement
    number INTEGER NOT NULL,
    destination INTEGER NOT NULL,
    run INTEGER NOT NULL,
    -- JSON: what the run came to
    outcome TEXT NOT NULL,
    -- the number of the last result, of whatever measurement, when the run ended
    last_result INTEGER NOT NULL,
    -- waiting, delivered or given_up
    state TEXT NOT NULL,
    created INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    -- when it is tried next; null where it is not
    next INTEGER,
    -- when it is given up
    until INTEGER NOT NULL,
    -- when it was tried last, the status of the answer, and why it did not come through
    tried INTEGER,
    status INTEGER,
    problem TEXT,
    PRIMARY KEY (measurement, number),
    FOREIGN KEY (measurement, destination) REFERENCES destinations (measurement, number)
      ON DELETE CASCADE
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX deliveries_by_next ON deliveries (next) WHERE next IS NOT NULL;
  CREATE INDEX deliveries_by_destination ON deliveries (measurement, destination)
  `,
  `
  CREATE TABLE sessions (
    -- SHA-256 of the token
    hash BLOB PRIMARY KEY,
    key TEXT NOT NULL REFERENCES keys (id) ON DELETE CASCADE,
    expires INTEGER NOT NULL,
    -- JSON: what is kept with it
    data TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX sessions_by_key ON sessions (key, expires)
  `,
  `
  -- how many of the attempts there had been when it was asked for again, from which pauses begin anew
  ALTER TABLE deliveries ADD COLUMN attempts_before INTEGER NOT NULL DEFAULT 0
  `,
  `
  -- whose targets it takes; null where it has its own, or has ended
  ALTER TABLE measurements ADD COLUMN list INTEGER REFERENCES lists (number);
  CREATE INDEX measurements_by_list ON measurements (list) WHERE list IS NOT NULL;
  -- coming, whole or removed
  ALTER TABLE lists ADD COLUMN state TEXT NOT NULL DEFAULT 'whole'
  `,
];
