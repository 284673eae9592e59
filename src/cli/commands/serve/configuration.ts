import { resolve } from "node:path";
import { UsageError } from "../../../host/usage_error.ts";
import { databasePath, readConfig, usualConfig } from "../../../serve/config/read.ts";
import type { Config } from "../../../serve/config/schema.ts";
import type { ServeInvocation } from "./options.ts";

/**
 * The configuration of a file, with what the command line says otherwise.
 *
 * @throws {Failure} with everything that is wrong in the file
 * @throws {UsageError} for half of what TLS takes
 */
export function configuration({ options }: Pick<ServeInvocation, "options">): Config {
  const config = options.config === undefined ? usualConfig() : readConfig(options.config);
  const { "tls-cert": certificate, "tls-key": key, "log-level": level } = options;
  if ((certificate === undefined) !== (key === undefined)) {
    throw new UsageError("--tls-cert and --tls-key go together");
  }
  return {
    ...config,
    listen: {
      ...config.listen,
      ...(options.host === undefined ? {} : { host: options.host }),
      ...(options.port === undefined ? {} : { port: options.port }),
      ...(certificate === undefined || key === undefined ? {} : { tls: { certificate, key } }),
    },
    log: {
      ...config.log,
      ...(options.log === undefined ? {} : { file: options.log }),
      ...(level === undefined ? {} : { level: level as Config["log"]["level"] }),
    },
    ...(options.database === undefined ? {} : { database: resolve(options.database) }),
    ...(options.pidfile === undefined ? {} : { pidfile: options.pidfile }),
  };
}

/** The file of the database that a configuration names, or else the usual one. */
export function databaseOf({ database }: Config): string {
  return database ?? databasePath();
}
