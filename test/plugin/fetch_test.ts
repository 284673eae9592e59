import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { TestNamespace } from "../host/test_namespace.ts";
import { rootTest } from "../lab/root.ts";

rootTest("a plugin from a public address has nothing in private networks asked", () => {
  using namespace = new TestNamespace();
  namespace.ip("address add 11.0.0.1/32 dev lo");
  const main = fileURLToPath(new URL("fetch_main.ts", import.meta.url));
  const written = namespace.exec(Deno.execPath(), "run", "--no-check", "-A", main);
  const refused = (host: string) =>
    `${host} has no public address, and the plugin came from one: nothing in private networks is ` +
    "asked for it; asked 11.0.0.1";
  assertEquals(JSON.parse(written), [
    "all came; asked 11.0.0.1, 11.0.0.1",
    "all came; asked 127.0.0.1, 11.0.0.1, 127.0.0.1",
    refused("127.0.0.1:PORT"),
    refused("localhost"),
    refused("127.0.0.1:PORT"),
    "0 of those that broke off had it asked",
  ]);
});
