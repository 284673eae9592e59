import { encodeHex } from "@std/encoding/hex";

const BUILD = new URL("../../wasm/build/", import.meta.url);

/** What `cat wasm/build/*.wasm | sha256sum` says: `--version` says the same. */
export async function hashOfModules(): Promise<string> {
  const names = [...Deno.readDirSync(BUILD)].map(({ name }) => name);
  const modules = names.filter((name) => name.endsWith(".wasm")).sort();
  const octets = modules.map((name) => Deno.readFileSync(new URL(name, BUILD)));
  const digest = await crypto.subtle.digest("SHA-256", await new Blob(octets).bytes());
  return encodeHex(new Uint8Array(digest));
}
