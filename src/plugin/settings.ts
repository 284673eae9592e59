import type { Places } from "./finder.ts";
import type { Consent } from "./trust.ts";

/** Settings for plugins from URLs. */
export interface RemoteSettings {
  /** The lock file that was named. */
  readonly lock: string | undefined;
  /** Use what is in the store, without asking a server whether it has changed. */
  readonly offline: boolean;
  /** Origins of other servers that new plugins may have modules from, as they were written. */
  readonly origins: readonly string[];
  readonly consent: Consent;
}

/** How plugins are looked for and loaded. */
export interface PluginSettings extends Places, RemoteSettings {}

/** Looks in the usual places, and trusts nothing new. */
export const USUAL: PluginSettings = {
  folders: [],
  lock: undefined,
  offline: false,
  origins: [],
  consent: { trust: false, tell: () => {}, ask: () => null },
};
