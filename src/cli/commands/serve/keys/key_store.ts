import { resolve } from "node:path";
import { isFile } from "../../../../host/file_kind.ts";
import { databaseIn, databasePath } from "../../../../serve/config/read.ts";
import { Database } from "../../../../serve/database/database.ts";
import { KeyStore } from "../../../../serve/keys/store.ts";

/** What says which server keys are of. */
interface WhichServer {
  readonly config: string | undefined;
  readonly database: string | undefined;
}

/** Keys, where they lie. */
export interface OpenedKeys {
  readonly keys: KeyStore;
  readonly path: string;
  /** Whether the database was made now: no server has used it yet. */
  readonly isNew: boolean;
}

/**
 * Does something with the keys of a server.
 *
 * @throws {Failure} when its database or its configuration cannot be used
 */
export function withKeys<T>(
  { config, database }: WhichServer,
  work: (opened: OpenedKeys) => T,
): T {
  const path = database !== undefined
    ? resolve(database)
    : (config === undefined ? undefined : databaseIn(config)) ?? databasePath();
  const isNew = !isFile(path);
  using opened = Database.open(path);
  return work({ keys: new KeyStore(opened), path, isNew });
}
