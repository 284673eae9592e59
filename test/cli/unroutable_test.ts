import { assertEquals, assertMatch } from "@std/assert";
import { TargetLab } from "../lab/target_lab.ts";
import { runWithin } from "../../src/lab/topology/build.ts";
import { rootTest } from "../lab/root.ts";

rootTest("a host that no route leads to cannot be sent to, and the others are probed", async () => {
  await using lab = await TargetLab.open();
  for (const kind of ["unreachable 192.0.2.0/24", "prohibit 198.51.100.0/24"]) {
    runWithin(lab.client, ["ip", "route", "add", ...kind.split(" ")]);
  }
  const [live = "", six = ""] = ([4, 6] as const)
    .flatMap((family) => lab.addresses("transparent", family, 1));
  const barred = ["192.0.2.1", "198.51.100.1"];
  const source = ["--source", "100.64.0.1"];
  // A command line of several words may lead to another namespace, so that the routes are not looked at
  for (const program of ["", "env mtr-packet"]) {
    const options = program === "" ? {} : { env: { MTR_PACKET: program } };
    for (const protocol of ["icmp", "udp", "tcp"]) {
      for (const from of [[], source]) {
        if (from.length > 0 && program !== "") continue;
        const common = ["-n", "-P", protocol, "-q", "1", ...from];
        const hosts = [barred[0]!, live, barred[1]!, ...(from.length > 0 ? [] : [six])];
        const ping = await lab.spider(["ping", ...common, ...hosts], options);
        const what = `${ping.out}${ping.err}`;
        assertEquals([ping.code, ping.err], [1, ""], what);
        assertMatch(ping.out, new RegExp(`^${live} +0\\.0 % +1`, "m"), what);
        for (const address of barred) {
          assertMatch(ping.out, new RegExp(`^${address} +cannot send: `, "m"), what);
        }
        const trace = await lab.spider(["trace", ...common, ...hosts], options);
        assertEquals([trace.code, trace.err], [1, ""], trace.out);
        assertMatch(trace.out, new RegExp(`^  2  ${live} +0\\.0 % +1`, "m"));
        assertEquals(trace.out.match(/^Cannot send: /gm)?.length, barred.length, trace.out);
      }
    }
  }
});
