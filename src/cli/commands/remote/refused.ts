import type { Options } from "../../../contract/option.ts";
import { UsageError } from "../../../host/usage_error.ts";
import { spellOut } from "../../spell_out.ts";
import type { RemoteCommand } from "./names.ts";
import { options as remoteOptions } from "./options.ts";

const INTERFACE = "the server chooses what it measures on (measure.interface of its configuration)";
const CALIBRATE = "run spider measure --calibrate on that host";
const PLUGINS = "the server has its own plugins";
const TERMINAL = "nothing is drawn again from afar";
const NAMES = "the server takes addresses alone";
const PACE = "the server sends at its own pace";

/** Options of commands that a server does not take, and why. */
const REFUSED: Readonly<Record<RemoteCommand, Readonly<Record<string, string>>>> = {
  measure: {
    interface: INTERFACE,
    source: INTERFACE,
    resume: "a server goes on by itself, and spider remote --attach follows",
    manifest: "the server keeps how it was made: GET /measurements/ID",
    "no-control": "the server always tries whether something near answers for everyone",
    calibrate: CALIBRATE,
    json: CALIBRATE,
    "plugin-dir": PLUGINS,
    lock: PLUGINS,
    trust: PLUGINS,
    origin: PLUGINS,
    offline: PLUGINS,
  },
  ping: {
    interval: PACE,
    source: INTERFACE,
    ipv4: NAMES,
    ipv6: NAMES,
    asn: "look AS numbers up in the addresses of --json",
    watch: TERMINAL,
  },
  trace: {
    interval: PACE,
    source: INTERFACE,
    "source-port": "the server chooses it",
    ipv4: NAMES,
    ipv6: NAMES,
    asn: "look AS numbers up in the addresses of --json",
    watch: TERMINAL,
  },
  locate: {
    interface: INTERFACE,
    interval: PACE,
    timeout: PACE,
    workers: PACE,
    ipv4: NAMES,
    ipv6: NAMES,
  },
};

/**
 * The options of a command that a server takes.
 *
 * @param args what was given
 * @throws {UsageError} when one of the others was given, or one of `spider remote` itself
 */
export function optionsThere<O extends Options>(name: RemoteCommand, all: O, args: string[]): O {
  const refused = REFUSED[name];
  const spelled = spellOut(args, all);
  const end = spelled.indexOf("--");
  for (const arg of spelled.slice(0, end < 0 ? undefined : end)) {
    const [, given = ""] = /^--([^=]+)/.exec(arg) ?? [];
    if (Object.hasOwn(refused, given)) {
      throw new UsageError(`--${given} is not for a server: ${refused[given]}; leave it out`);
    }
    if (Object.hasOwn(remoteOptions, given) && !Object.hasOwn(all, given)) {
      throw new UsageError(
        `--${given} stands before ${name}: spider remote --${given} ... URL ${name}`,
      );
    }
  }
  const taken = Object.entries(all).filter(([option]) => !Object.hasOwn(refused, option));
  return Object.fromEntries(taken) as O;
}
