import type { Spider } from "../contract/spider.ts";
import { Failure } from "../host/failure.ts";
import { findAll, findOne, type Found, type Places } from "./finder.ts";
import { loadRemote, type RemoteSettings } from "./remote.ts";
import { from } from "./origin.ts";
import { readSource } from "./source.ts";

/** The spiders that ship with the program: a new one is a file and a line here. */
const bundled: Readonly<Record<string, () => Promise<{ default: Spider }>>> = {
  dnsresolv: () => import("../../plugins/spiders/dnsresolv.ts"),
  dscp: () => import("../../plugins/spiders/dscp.ts"),
  ecn: () => import("../../plugins/spiders/ecn.ts"),
  evilbit: () => import("../../plugins/spiders/evilbit.ts"),
  h2: () => import("../../plugins/spiders/h2.ts"),
  mss: () => import("../../plugins/spiders/mss.ts"),
  tcpopt: () => import("../../plugins/spiders/tcpopt.ts"),
  tfo: () => import("../../plugins/spiders/tfo.ts"),
  udpzero: () => import("../../plugins/spiders/udpzero.ts"),
};

/** How a spider is looked for and loaded. */
export interface Finding extends Places, RemoteSettings {}

export { settle } from "./sandbox/spider.ts";

/** Looks in the usual places, and trusts nothing new. */
const USUAL: Finding = {
  folders: [],
  lock: undefined,
  offline: false,
  consent: { trust: false, tell: () => {}, ask: () => null },
};

/** Names of the spiders that ship with the program. */
export function spiderNames(): readonly string[] {
  return Object.keys(bundled);
}

/** Loads one of the spiders that ship with the program; undefined when there is none of that name. */
export async function loadBundled(name: string): Promise<Spider | undefined> {
  return Object.hasOwn(bundled, name) ? (await bundled[name]!()).default : undefined;
}

/**
 * Loads a spider by its name, its path or its URL; undefined when none has that name.
 *
 * @throws {Failure} when it cannot be loaded, is no spider, is not trusted, or lacks what it requires
 */
export async function loadSpider(word: string, finding = USUAL): Promise<Spider | undefined> {
  const spider = await find(word, finding);
  if (spider?.requires === undefined && spider?.conflicts === undefined) return spider;
  const { checkRequired } = await import("./requires.ts");
  await checkRequired(spider, finding);
  return spider;
}

async function find(word: string, finding: Finding): Promise<Spider | undefined> {
  const source = readSource(word);
  if (source.kind === "url") return await loadRemote(source, finding);
  if (source.kind === "path") return await loadLocal(source.path);
  const found = await findOne(source.name, findAll(spiderNames(), finding), isSpider);
  if (found === undefined) return undefined;
  if (found.from === "bundled") return await loadBundled(found.name);
  if (found.from === "url") {
    return await loadRemote({ kind: "url", url: found.url, pin: null }, finding);
  }
  return await loadLocal(found.path, found.name);
}

/** Loads a spider from a file or a folder; in a folder of plugins it must be called as its file is. */
async function loadLocal(path: string, called?: string): Promise<Spider> {
  const { loadModule, moduleAt, pluginName } = await import("./local.ts");
  const { checkSpider } = await import("./check_spider.ts");
  const file = moduleAt(path);
  const checked = checkSpider(await loadModule(file), pluginName(file), path);
  const spider = from({ place: file, sha256: null }, checked);
  if (called === undefined || spider.name === called) return spider;
  throw new Failure(`${path} calls itself ${spider.name}: rename the file, or the plugin in it`);
}

/** Whether a plugin is a spider, told without running it. */
async function isSpider(found: Found): Promise<boolean> {
  if (found.from !== "folder") return true;
  const { describeLocal } = await import("./describe_local.ts");
  return (await describeLocal(found)).kind === "spider";
}
