import { dirname, extname, resolve } from "node:path";
import type { z } from "zod";
import { Failure } from "../../host/failure.ts";
import { fileError } from "../../host/file_error.ts";
import { readYaml } from "../../lab/file/yaml.ts";
import { readSource } from "../../plugin/source.ts";
import { type Config, configSchema, databaseSchema } from "./schema.ts";
import { readToml } from "./toml.ts";

/** The configuration where there is no file. */
export function usualConfig(): Config {
  return configSchema.parse({});
}

/**
 * Reads the file of a configuration: TOML where its name ends with `.toml`, else YAML. Files that it names
 * are looked for from its own folder.
 *
 * @throws {Failure} with everything that is wrong, each with its line
 */
export function readConfig(path: string): Config {
  return withPaths(readAs(path, configSchema), dirname(resolve(path)));
}

/**
 * The file of the database that a configuration names; undefined where it names none. The rest of it is
 * not looked at: what it needs of the environment may be the server's alone.
 *
 * @throws {Failure} when it cannot be read
 */
export function databaseIn(path: string): string | undefined {
  const { database } = readAs(path, databaseSchema);
  return database === undefined ? undefined : resolve(dirname(resolve(path)), database);
}

function readAs<S extends z.ZodType>(path: string, schema: S): z.output<S> {
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    throw new Failure(`cannot read ${path}: ${fileError(error)}`, { cause: error });
  }
  return (extname(path) === ".toml" ? readToml : readYaml)(text, path, schema).value;
}

function withPaths(config: Config, folder: string): Config {
  const { database, pidfile, plugin_folders: folders, plugins, log, listen, politeness, page } =
    config;
  const at = (file: string) => resolve(folder, file);
  const { tls } = listen;
  return {
    ...config,
    ...(database === undefined ? {} : { database: at(database) }),
    ...(pidfile === undefined ? {} : { pidfile: at(pidfile) }),
    plugin_folders: folders.map(at),
    plugins: Object.fromEntries(
      Object.entries(plugins).map(([name, entry]) => [name, withPluginPaths(entry, at)]),
    ),
    log: log.file === undefined ? log : { ...log, file: at(log.file) },
    listen: tls === undefined
      ? listen
      : { ...listen, tls: { certificate: at(tls.certificate), key: at(tls.key) } },
    politeness: politeness.blocklist === undefined
      ? politeness
      : { ...politeness, blocklist: at(politeness.blocklist) },
    page: page.networks === undefined ? page : { ...page, networks: at(page.networks) },
  };
}

function withPluginPaths(
  entry: Config["plugins"][string],
  at: (file: string) => string,
): Config["plugins"][string] {
  if (entry === false) return false;
  const { plugin, options_file: file } = entry;
  const isPath = plugin !== undefined && readSource(plugin).kind === "path";
  return {
    ...entry,
    ...(isPath ? { plugin: at(plugin) } : {}),
    ...(file === undefined ? {} : { options_file: at(file) }),
  };
}

/** The file of the database where none is named. */
export function databasePath(): string {
  if (Deno.uid() === 0) return "/var/lib/spider/serve.db";
  const state = Deno.env.get("XDG_STATE_HOME") || `${Deno.env.get("HOME") ?? "/tmp"}/.local/state`;
  return `${state}/spider/serve.db`;
}
