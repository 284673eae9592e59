import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { ReverseNames } from "../../src/probe/reverse_names.ts";
import { rootTest } from "../lab/root.ts";

Deno.test("a name is known once it was looked up; an address without one stays without", async () => {
  const names = new ReverseNames();
  assertEquals(names.of("127.0.0.1"), null);
  await names.lookedUp(10_000);
  assertEquals(names.of("127.0.0.1"), "localhost");
  assertEquals(names.of("not an address"), null);
  await names.lookedUp(10_000);
  assertEquals(names.of("not an address"), null);
});

Deno.test("more than are looked up at once are all looked up", async () => {
  const names = new ReverseNames();
  const addresses = Array.from({ length: 100 }, (_, at) => `nonsense ${at}`);
  addresses.forEach((address) => names.of(address));
  names.of("127.0.0.1");
  await names.lookedUp(10_000);
  assertEquals(names.of("127.0.0.1"), "localhost");
});

Deno.test("nothing to look up is not waited for", async () => {
  await new ReverseNames().lookedUp(86_400_000);
});

rootTest("a pointer to the root is no name", async () => {
  const settings = Deno.makeTempFileSync();
  try {
    Deno.writeTextFileSync(settings, "nameserver 127.0.0.1\n");
    const script = 'ip link set lo up; mount --bind "$1" /etc/resolv.conf; shift; exec "$@"';
    const main = fileURLToPath(new URL("pointer_main.ts", import.meta.url));
    const asking = [Deno.execPath(), "run", "--no-check", "-A", main, "192.0.2.1", "192.0.2.7"];
    const { stdout, stderr } = await new Deno.Command("unshare", {
      args: ["--net", "--mount", "sh", "-ec", script, "sh", settings, ...asking],
    }).output();
    const decoder = new TextDecoder();
    assertEquals(decoder.decode(stdout), '[null,"a.example"]\n', decoder.decode(stderr));
  } finally {
    Deno.removeSync(settings);
  }
});
