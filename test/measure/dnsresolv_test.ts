import { assertEquals, assertMatch } from "@std/assert";
import type { Job } from "../../src/mod.ts";
import { MANY } from "../lab/target_names.ts";
import { boxesOf } from "../lab/boxes.ts";
import { TargetLab } from "../lab/target_lab.ts";
import { besideBareDns } from "../lab/beside_bare_dns.ts";
import { ECN_TRUTH, type EcnBoxName } from "../lab/ecn_truth.ts";
import { rootTest } from "../lab/root.ts";
import { inProcess } from "../in_process.ts";
import { results, spider } from "../spider.ts";

function jobs(text: string): Job[] {
  return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

rootTest("names become targets, and targets verdicts", async () => {
  const boxes = ["ecn-drop-syn", "ecn-clear-syn"] as const;
  await using lab = await TargetLab.open({ boxes, services: ["nginx", "unbound"] });
  const [server = ""] = lab.addresses("transparent", 4, 1);
  const kinds: EcnBoxName[] = ["transparent", ...boxes];
  const resolved = await lab.spider(["measure", "dnsresolv", "--resolver", server], {
    input: kinds.map((kind, i) => `${i + 1},${kind}.example`).join("\n"),
  });
  assertEquals(resolved.code, 0, resolved.err);
  const found = jobs(resolved.out).sort((a, b) => a.rank! - b.rank!);
  const expected = kinds.flatMap((kind, i) =>
    ([4, 6] as const).map((family) => ({
      domain: `${kind}.example`,
      rank: i + 1,
      dip: lab.addresses(kind, family, 1)[0],
    }))
  );
  assertEquals(found, expected as unknown as Job[]);

  const measured = await lab.spider(["measure", "ecn", "--connect", "http"], {
    input: resolved.out,
  });
  for (const { domain, conditions, dp } of results(measured.out)) {
    const kind = String(domain).replace(".example", "") as EcnBoxName;
    assertEquals([conditions, dp], [ECN_TRUTH[kind].http, 80]);
  }
});

rootTest("aliases, long answers, one family alone, and names of other scripts", async () => {
  await using lab = await TargetLab.open({ services: ["unbound"] });
  const [server = ""] = lab.addresses("transparent", 6, 1);
  const names = ["alias.example", "many.example", "four.example", "six.example", "例え.example"];
  const { code, out, err } = await lab.spider(
    ["measure", "dnsresolv", "--resolver", `[${server}]:53`],
    {
      input: names.map((domain) => JSON.stringify({ domain, dp: 443, note: [domain] })).join("\n"),
    },
  );
  assertEquals(code, 0, err);
  const found = jobs(out);
  const of = (name: string) => found.filter(({ domain }) => domain === name).map(({ dip }) => dip);
  const both = ([4, 6] as const).map((family) => lab.addresses("transparent", family, 1)[0]!);
  assertEquals(of("alias.example"), both);
  assertEquals(of("many.example").sort(), lab.addresses("transparent", 4, MANY).sort());
  assertEquals([of("four.example"), of("six.example")], [[both[0]!], [both[1]!]]);
  assertEquals(of("例え.example"), both);
  for (const { domain, dp, note } of found) assertEquals([dp, note], [443, [domain]]);
});

rootTest("names from which nothing comes are counted and named, with the reason", async () => {
  await using lab = await TargetLab.open({ services: ["unbound"] });
  const [server = ""] = lab.addresses("transparent", 4, 1);
  const { code, out, err } = await lab.spider(["measure", "dnsresolv", "--resolver", server], {
    input: "none.example\nx.invalid\nrefused.example\na..b\n192.0.2.1\n",
  });
  assertEquals([code, out], [0, ""]);
  for (const end of ["no_address", "nxdomain", "failed:REFUSED"]) {
    assertMatch(err, new RegExp(`^ +1  dnsresolv\\.aaaa\\.${end}$`, "m"));
  }
  assertMatch(err, /warning: 3 targets gave no jobs/);
  assertMatch(err, /line 2: x\.invalid: dnsresolv\.a\.nxdomain, dnsresolv\.aaaa\.nxdomain/);
  assertMatch(err, /warning: 2 lines of the input skipped/);
});

rootTest(
  "it needs no rights; a silent server is passed over; one on loopback is asked",
  async () => {
    await using lab = await TargetLab.open({
      boxes: boxesOf(["drop-dns", "prohibit-dns"]),
      services: ["unbound"],
    });
    const [dead] = lab.addresses("drop-dns", 4, 1);
    const [refusing] = lab.addresses("prohibit-dns", 6, 1);
    const [server] = lab.addresses("transparent", 4, 1);
    const powerless = (line: readonly string[]) =>
      lab.exec(["setpriv", "--bounding-set", "-all", "--inh-caps", "-all", ...line]);
    const servers = [dead, refusing, server].flatMap((address) => ["--resolver", address!]);
    const asked = await spider(["measure", "dnsresolv", "--timeout", "1", ...servers], {
      input: "four.example\n",
      within: powerless,
    });
    assertEquals([asked.code, jobs(asked.out).length], [0, 1], asked.err);

    await besideBareDns(lab.client, ["127.0.0.53"], async () => {
      for (const options of [[], ["--interface", lab.interface]]) {
        const { code, err } = await spider(
          ["measure", "dnsresolv", "--resolver", "127.0.0.53", ...options],
          { input: "four.example\n", within: powerless },
        );
        assertEquals(code, 0, err);
        assertMatch(err, /1 {2}dnsresolv\.a\.no_address/);
      }
    });
  },
);

Deno.test("a resolver that is no address is a wrong command line", async () => {
  const { code, err } = await inProcess(["measure", "dnsresolv", "--resolver", "dns.example"]);
  assertEquals(code, 2);
  assertMatch(err, /--resolver must be an address, with a port or without, not dns\.example/);
});
