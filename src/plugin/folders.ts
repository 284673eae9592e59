import { Failure } from "../host/failure.ts";

/** Where the plugins of this user lie, `$XDG_CONFIG_HOME/spider/plugins`. */
export function pluginFolder(): string {
  return `${configFolder()}/plugins`;
}

/** The settings of this user (XDG Base Directory Specification). */
export function configFolder(): string {
  return `${base("XDG_CONFIG_HOME", ".config")}/spider`;
}

/** Where plugins from URLs are kept, `$XDG_DATA_HOME/spider/store`. */
export function storeFolder(): string {
  return `${base("XDG_DATA_HOME", ".local/share")}/spider/store`;
}

function base(variable: string, otherwise: string): string {
  const given = Deno.env.get(variable);
  // The specification has relative ones ignored
  if (given?.startsWith("/")) return given.replace(/\/+$/, "");
  const home = Deno.env.get("HOME");
  if (home) return `${home}/${otherwise}`;
  throw new Failure(`there is no folder for plugins: neither HOME nor ${variable} is set; set one`);
}
