import { resolve } from "node:path";
import { databasePath, readConfig } from "../../../../serve/config/read.ts";
import { Database } from "../../../../serve/database/database.ts";
import { KeyStore } from "../../../../serve/keys/store.ts";

/** What says which server keys are of. */
interface WhichServer {
  readonly config: string | undefined;
  readonly database: string | undefined;
}

/**
 * Does something with the keys of a server.
 *
 * @throws {Failure} when its database or its configuration cannot be used
 */
export function withKeys<T>({ config, database }: WhichServer, work: (keys: KeyStore) => T): T {
  const path = database !== undefined
    ? resolve(database)
    : (config === undefined ? undefined : readConfig(config).database) ?? databasePath();
  using opened = Database.open(path);
  return work(new KeyStore(opened));
}
