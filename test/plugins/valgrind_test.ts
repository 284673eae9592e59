import { assert } from "@std/assert";
import helgrind from "../../plugins/environments/helgrind.ts";
import memcheck from "../../plugins/environments/memcheck.ts";

Deno.test("valgrind makes no pipes for debuggers, which it leaves in /tmp when it is killed", () => {
  const command = { words: ["true"], variables: {}, service: ["true"] };
  for (const { words } of [memcheck.wrap(command, "/f", {}), helgrind.wrap(command, "/f")]) {
    assert(words.includes("--vgdb=no") && words.at(-1) === "true", words.join(" "));
  }
});
