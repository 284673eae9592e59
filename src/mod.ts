/**
 * What a plugin's author or a script imports. Plugins import types alone, which are erased when
 * they are loaded.
 *
 * @module
 */
export type * from "./contract/chain.ts";
export type * from "./contract/connection.ts";
export type * from "./contract/flow.ts";
export type * from "./contract/ip_header.ts";
export type * from "./contract/job.ts";
export type * from "./contract/manifest.ts";
export type * from "./contract/option.ts";
export type * from "./contract/spider.ts";
export type * from "./contract/transport_header.ts";
