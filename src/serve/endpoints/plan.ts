import { Failure } from "../../host/failure.ts";
import { fileError } from "../../host/file_error.ts";
import type { EndpointLimits, EndpointScope } from "../../contract/endpoint.ts";
import type { Config } from "../config/schema.ts";

/** Endpoints that are there unless the configuration says `false`. */
const USUAL_NAMES = ["netinfo", "sessions", "systeminfo"] as const;

/** An endpoint that the configuration wants. */
export interface PlannedEndpoint {
  /** Its key in the configuration, which control and keys name. */
  readonly name: string;
  /** Its plugin: a name, a path or a URL. */
  readonly word: string;
  /** Where it answers, such as `/netinfo`. */
  readonly route: string;
  /** What its options are set to. */
  readonly options: Readonly<Record<string, unknown>>;
  /** What the configuration has in place of what the plugin says. */
  readonly scope: EndpointScope | undefined;
  readonly limits: EndpointLimits;
}

/**
 * The endpoints of a configuration.
 *
 * @param reserved first parts of paths that are the server's own
 * @throws {Failure} where a file of options cannot be read, or two would answer at one path
 */
export function plannedEndpoints(
  { plugins }: Config,
  reserved: ReadonlySet<string>,
): PlannedEndpoint[] {
  const entries: Config["plugins"] = {
    ...Object.fromEntries(USUAL_NAMES.map((name) => [name, {}])),
    ...plugins,
  };
  const planned = Object.entries(entries).flatMap(([name, entry]) =>
    entry === false ? [] : [{
      name,
      word: entry.plugin ?? name,
      route: entry.route_path ?? `/${name}`,
      options: entry.options ?? optionsIn(entry.options_file, name),
      scope: entry.scope,
      limits: entry.limits ?? {},
    }]
  );
  const known = new Map<string, string>();
  for (const { name, route } of planned) {
    const other = known.get(route);
    if (other !== undefined) {
      throw new Failure(
        `the plugins ${other} and ${name} would both answer at ${route}: give one a route_path`,
      );
    }
    if (reserved.has(route.split("/")[1]!)) {
      throw new Failure(
        `${route} is the server's own: give the plugin ${name} another route_path`,
      );
    }
    known.set(route, name);
  }
  return planned;
}

/** Options from a JSON file, as a password is best kept out of the configuration. */
function optionsIn(path: string | undefined, name: string): Readonly<Record<string, unknown>> {
  if (path === undefined) return {};
  const what = `the options of the plugin ${name}, ${path},`;
  let value: unknown;
  try {
    value = JSON.parse(Deno.readTextFileSync(path));
  } catch (error) {
    if (!(error instanceof SyntaxError)) {
      throw new Failure(`cannot read ${what.slice(0, -1)}: ${fileError(error)}`, { cause: error });
    }
    // What is wrong stands beside what is secret
    throw new Failure(`${what} are not JSON`);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return Object.assign(Object.create(null), value);
  }
  throw new Failure(`${what} are no object`);
}
