import { assert } from "@std/assert";
import { openNamespace, within } from "../../src/host/enter_namespace.ts";
import { libc } from "../../src/host/libc.ts";
import { LinkWatch } from "../../src/host/link_watch.ts";
import { prefixText } from "../../src/host/netlink/route.ts";
import { Reactor } from "../../src/host/reactor.ts";
import { run } from "../../src/host/run.ts";
import { rootTest } from "../lab/root.ts";
import { TestNamespace } from "./test_namespace.ts";

/** Routes of many ways: what the kernel has room for of such messages is read in several turns. */
function longRoutes(count: number): string {
  const ways = Array.from({ length: 24 }, (_, at) => `nexthop via 10.1.0.${at + 2}`).join(" ");
  return Array.from({ length: count }, (_, at) => `route add 10.9.${at >> 8}.${at & 255} ${ways}`)
    .join("\n");
}

/** Blocks the thread. */
function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

rootTest("what the kernel cannot tell after a look at everything is looked at again", async () => {
  using sandbox = new TestNamespace();
  using reactor = new Reactor();
  const namespace = openNamespace(`/run/netns/${sandbox.name}`);
  const late = "10.250.0.0/16";
  let looked = false;
  let told = false;
  const end = setTimeout(() => reactor.stop(), 60_000);
  using _watch = within(namespace, () =>
    new LinkWatch(reactor, {
      // Slow reading, so that the look-up comes before all is read
      route: ({ route }) => {
        if (!looked) pause(1);
        told ||= prefixText(route) === late;
        if (told) reactor.stop();
      },
      changed: ({ lost }) => {
        if (!lost) return;
        if (looked) {
          told = true;
          reactor.stop();
        } else {
          looked = true;
          sandbox.ip(`route add ${late} via 10.1.0.2`);
        }
      },
    }));
  run("ip", ["-n", sandbox.name, "-batch", "-"], longRoutes(10_000));
  await reactor.run();
  clearTimeout(end);
  libc.close(namespace);
  assert(looked, "more was lost than there was room for");
  assert(told, "a change after the look was told of, or all was looked at again");
});
