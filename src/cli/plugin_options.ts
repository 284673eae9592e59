import type { Options } from "../contract/option.ts";
import type { Streams } from "../host/streams.ts";
import type { PluginSettings } from "../plugin/settings.ts";
import type { ValuesOf } from "./command.ts";
import { consent } from "./consent.ts";

/** Where plugins are looked for. */
export const placeOptions = {
  "plugin-dir": {
    type: "string",
    value: "FOLDER",
    repeated: true,
    summary:
      "folder of plugins beside the one in $XDG_CONFIG_HOME/spider, may be given more than once",
  },
  lock: {
    type: "string",
    value: "FILE",
    summary: "lock file of plugins from URLs; the default is spider.lock.json where it is run, " +
      "else the one in $XDG_CONFIG_HOME/spider",
  },
} as const satisfies Options;

/** Where modules of a plugin from a URL may come from besides its own server. */
export const originOption = {
  origin: {
    type: "string",
    value: "ORIGIN",
    repeated: true,
    summary: "another server that a new plugin's modules may come from, as https://example.org; " +
      "may be given more than once",
  },
} as const satisfies Options;

/** Whether code that is new may run. */
export const trustOption = {
  trust: {
    type: "boolean",
    summary: "run a plugin from a URL that was not accepted before, without asking",
  },
  ...originOption,
} as const satisfies Options;

/** Whether servers are asked for what is stored. */
export const offlineOption = {
  offline: {
    type: "boolean",
    summary: "run the stored copy of a plugin without asking its server whether it has changed",
  },
} as const satisfies Options;

/** The options of every command that runs a plugin. */
export const pluginOptions = {
  ...placeOptions,
  ...trustOption,
  ...offlineOption,
} as const satisfies Options;

/** The plugin settings that options give. */
export function findingOf(options: {
  readonly "plugin-dir"?: readonly string[] | undefined;
  readonly lock?: string | undefined;
  readonly trust?: boolean;
  readonly offline?: boolean;
  readonly origin?: readonly string[];
}, streams: Streams): PluginSettings {
  return {
    folders: options["plugin-dir"] ?? [],
    lock: options.lock,
    offline: options.offline ?? false,
    origins: options.origin ?? [],
    consent: consent(options.trust ?? false, streams),
  };
}

/**
 * The same from a command line whose options are spelled out, before it can be read as a whole: that
 * takes the spider's own options.
 */
export function settingsIn(spelled: readonly string[], streams: Streams): PluginSettings {
  const end = spelled.indexOf("--");
  const given = (name: string) =>
    spelled.slice(0, end < 0 ? undefined : end)
      .filter((arg) => arg.startsWith(`--${name}=`))
      .map((arg) => arg.slice(name.length + 3));
  return findingOf({
    "plugin-dir": given("plugin-dir"),
    lock: given("lock")[0],
    trust: given("trust").includes("true"),
    offline: given("offline").includes("true"),
    origin: given("origin"),
  }, streams);
}

/** The same options once more, for another process of this program. */
export function pluginArguments(options: ValuesOf<typeof pluginOptions>): string[] {
  const { lock, trust, offline } = options;
  return [
    ...options["plugin-dir"].flatMap((folder) => ["--plugin-dir", folder]),
    ...options.origin.flatMap((origin) => ["--origin", origin]),
    ...(lock === undefined ? [] : ["--lock", lock]),
    ...(trust ? ["--trust"] : []),
    ...(offline ? ["--offline"] : []),
  ];
}
