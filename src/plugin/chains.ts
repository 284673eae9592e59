import { basename, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Chain } from "../contract/chain.ts";
import { API_VERSION } from "../contract/manifest.ts";
import { Failure } from "../host/failure.ts";
import { isFile } from "../host/file_kind.ts";
import { checkChain } from "../observe/js/check.ts";
import { inRange } from "./version.ts";

/**
 * Loads a chain in JavaScript or TypeScript from a file: its module's default export. One without
 * a name is called as its file is.
 *
 * @throws {Failure} when there is no such file, it cannot be loaded, or it is not a chain
 */
export async function loadChain(path: string): Promise<Chain> {
  if (/^https?:\/\//i.test(path)) {
    throw new Failure(
      `${path} cannot be run from a URL: a chain sees every packet, which takes code that is trusted; ` +
        "look at it, keep it in a file, and name that",
    );
  }
  if (!isFile(path)) throw new Failure(`there is no chain file ${path}`);
  let module: Record<string, unknown>;
  try {
    module = await import(pathToFileURL(resolve(path)).href);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new Failure(`${path} cannot be loaded as a chain: ${said}`, { cause: error });
  }
  if (!Object.hasOwn(module, "default")) {
    throw new Failure(`${path} is not a chain: it has no default export`);
  }
  const chain = module.default;
  const nameless = typeof chain === "object" && chain !== null && !("name" in chain);
  const checked = checkChain(nameless ? { ...chain, name: fileName(path) } : chain, path);
  await checkNeeds(checked, path);
  return checked;
}

/** Checks that a chain is for this program, and that what it requires is there. */
async function checkNeeds({ name, version = "0.0.0", api, ...rest }: Chain, path: string) {
  if (api !== undefined && !inRange(API_VERSION, api)) {
    throw new Failure(`${path} is for the contract ${api}, and this program has ${API_VERSION}`);
  }
  const { checkRequired } = await import("./requires.ts");
  const { requires, conflicts } = rest;
  const needs = { ...requires && { requires }, ...conflicts && { conflicts } };
  await checkRequired({ name, version, ...needs }, { folders: [], lock: undefined });
}

function fileName(path: string): string {
  return basename(path).replace(/\.[^.]*$/, "");
}
