import { Failure } from "../host/failure.ts";

/** Where the plugins of this user lie, `$XDG_CONFIG_HOME/spider/plugins`; null without a home. */
export function pluginFolder(): string | null {
  const folder = configFolder();
  return folder === null ? null : `${folder}/plugins`;
}

/** The settings of this user (XDG Base Directory Specification); null for one without a home. */
export function configFolder(): string | null {
  return base("XDG_CONFIG_HOME", ".config");
}

/**
 * Where plugins from URLs are kept, `$XDG_DATA_HOME/spider/store`.
 *
 * @throws {Failure} for a user without a home
 */
export function storeFolder(): string {
  const folder = base("XDG_DATA_HOME", ".local/share");
  if (folder !== null) return `${folder}/store`;
  throw new Failure(
    "there is no folder to keep plugins in: neither HOME nor XDG_DATA_HOME is set; set one",
  );
}

function base(variable: string, otherwise: string): string | null {
  const given = Deno.env.get(variable);
  // The specification has relative ones ignored
  if (given?.startsWith("/")) return `${given.replace(/\/+$/, "")}/spider`;
  const home = Deno.env.get("HOME");
  return home ? `${home}/${otherwise}/spider` : null;
}
