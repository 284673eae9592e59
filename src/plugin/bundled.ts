import type { HttpEndpoint } from "../contract/endpoint.ts";
import type { Environment } from "../contract/environment.ts";
import type { Middlebox } from "../contract/middlebox.ts";
import type { Observer } from "../contract/observer.ts";
import type { Protocol } from "../contract/protocol.ts";
import type { Service } from "../contract/service.ts";
import type { Spider } from "../contract/spider.ts";
import { ENDPOINTS } from "./bundled_endpoints.ts";
import { ENVIRONMENTS } from "./bundled_environments.ts";
import { MIDDLEBOXES } from "./bundled_middleboxes.ts";
import { OBSERVERS } from "./bundled_observers.ts";
import { PROTOCOLS } from "./bundled_protocols.ts";
import { SERVICES } from "./bundled_services.ts";
import { SPIDERS } from "./bundled_spiders.ts";

/** What a plugin of each kind is that has some: the chains that ship with the program are no plugins. */
export interface PluginOf {
  readonly spider: Spider;
  readonly middlebox: Middlebox;
  readonly protocol: Protocol;
  readonly service: Service;
  readonly environment: Environment;
  readonly observer: Observer;
  readonly endpoint: HttpEndpoint;
}

/** A kind of plugin of which some ship with the program. */
export type BundledKind = keyof PluginOf;

/** What ships with the program, by kind and name. */
const BUNDLED: {
  readonly [Kind in BundledKind]: Readonly<
    Record<string, () => Promise<{ readonly default: PluginOf[Kind] }>>
  >;
} = {
  spider: SPIDERS,
  middlebox: MIDDLEBOXES,
  protocol: PROTOCOLS,
  service: SERVICES,
  environment: ENVIRONMENTS,
  observer: OBSERVERS,
  endpoint: ENDPOINTS,
};

/** A plugin that ships with the program. */
export interface BundledPlugin {
  readonly from: "bundled";
  readonly kind: BundledKind;
  readonly name: string;
}

/** All that ship with the program, or those of one kind. */
export function bundledPlugins(...kinds: readonly BundledKind[]): readonly BundledPlugin[] {
  return (kinds.length > 0 ? kinds : Object.keys(BUNDLED) as BundledKind[]).flatMap((kind) =>
    Object.keys(BUNDLED[kind]).map((name) => ({ from: "bundled", kind, name }) as const)
  );
}

/** Names of those of a kind. */
export function bundledNames(kind: BundledKind): readonly string[] {
  return Object.keys(BUNDLED[kind]);
}

/** Loads one of them; undefined when there is none of that name. */
export async function loadBundled<Kind extends BundledKind>(
  kind: Kind,
  name: string,
): Promise<PluginOf[Kind] | undefined> {
  const all = BUNDLED[kind];
  return Object.hasOwn(all, name) ? (await all[name]!()).default : undefined;
}
