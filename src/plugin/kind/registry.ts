import type { PluginKind } from "../../contract/manifest.ts";
import type { Kind } from "./kind.ts";

/** The kinds of plugin: a new one is a file and a line here. */
const kinds: Readonly<Record<PluginKind, () => Promise<{ readonly kind: Kind }>>> = {
  spider: () => import("./spider.ts"),
  chain: () => import("./chain.ts"),
  middlebox: () => import("./middlebox.ts"),
  protocol: () => import("./protocol.ts"),
  service: () => import("./service.ts"),
  environment: () => import("./environment.ts"),
  observer: () => import("./observer.ts"),
  endpoint: () => import("./endpoint.ts"),
};

/** Whether there is a kind of that name. */
export function isKind(name: unknown): name is PluginKind {
  return typeof name === "string" && Object.hasOwn(kinds, name);
}

/** Loads a kind. */
export async function loadKind(name: PluginKind): Promise<Kind> {
  return (await kinds[name]()).kind;
}

/** The kind of a plugin by its `kind`, or by its members: a chain need not name its kind. */
export function kindOf(data: Readonly<Record<string, unknown>>): PluginKind | null {
  if (isKind(data.kind)) return data.kind;
  if (data.kind !== undefined) return null;
  return data.fields === undefined ? "spider" : "chain";
}
