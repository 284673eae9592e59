import type { Places } from "./finder.ts";
import type { Consent } from "./trust.ts";

/** How plugins from URLs are treated. */
export interface RemoteSettings {
  /** The lock file that was named. */
  readonly lock: string | undefined;
  /** Take what is in the store, and ask no server whether it has changed. */
  readonly offline: boolean;
  readonly consent: Consent;
}

/** How plugins are looked for and loaded. */
export interface PluginSettings extends Places, RemoteSettings {}
