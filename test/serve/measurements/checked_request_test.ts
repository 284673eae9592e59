/** What is wrong with a request for a measurement is told before it is kept, each part where it stands. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { RunningServer } from "../running_server.ts";

const UNRESOLVED =
  "no address: resolve the names first, by a measurement with the spider dnsresolv, whose results can be " +
  "uploaded to /lists";

/** Asks for a measurement that is never begun. */
async function asked(running: RunningServer, json: object) {
  const schedule = { start: "2999-01-01T00:00:00Z" };
  const { status, text } = await running.ask("/measurements", {
    ...{ method: "POST", json: { schedule, ...json } },
  });
  return { status, ...JSON.parse(text) };
}

/** What is wrong with a request, by its places. */
async function faults(running: RunningServer, json: object): Promise<[string, string][]> {
  const { status, errors } = await asked(running, json);
  assertEquals(status, 422);
  return errors.map(({ at, detail }: { at: string; detail: string }) => [at, detail]);
}

Deno.test("targets that cannot be measured are refused, each with its place and the reason", async () => {
  await using running = new RunningServer();
  const targets = [
    ...["192.0.2.1", "foo bar", "192.0.2.0/30", "192.0.2.1:443", { ip: "192.0.2.1" }],
    ...[{ dip: "192.0.2.1", dp: 70000 }, "a.example", "ftp://192.0.2.1/", { dip: "192.0.2.1" }],
    { dip: "192.0.2.1", note: "x".repeat(5000) },
  ];
  assertEquals(await faults(running, { spider: "ecn", targets }), [
    ["/targets/1", '"foo bar" is not an IPv4 or IPv6 address'],
    ["/targets/2", '"192.0.2.0/30" is not an IPv4 or IPv6 address'],
    ["/targets/4", "no address: dip is missing"],
    ["/targets/5", "dp 70000 is not a port from 1 to 65535"],
    ["/targets/6", UNRESOLVED],
    ["/targets/7", '"ftp://192.0.2.1/" is a URL of neither http nor https'],
    ["/targets/9", "longer than 4096 characters"],
  ]);
  // The same as for a list
  const list = await running.ask("/lists?name=a", { method: "POST", body: "192.0.2.1\na.example" });
  assertEquals(JSON.parse(list.text).problems, [`line 2: ${UNRESOLVED}`]);
  assertEquals(
    await faults(running, { spider: "dnsresolv", targets: ["a.example", "192.0.2.1:443"] }),
    [
      ["/targets/1", "no name: domain is missing"],
    ],
  );
  // What can be measured is kept as a list would have it
  const { id } = await asked(running, {
    spider: "ecn",
    targets: ["192.0.2.1:443", "[2001:db8::1]:80"],
  });
  const kept = await running.ask(`/measurements/${id}`);
  assertEquals(JSON.parse(kept.text).targets.all, 2);
});

Deno.test("very many that are wrong are told by the first of them, and that there are more", async () => {
  await using running = new RunningServer();
  for (const wrong of ["no host", 7]) {
    const targets = Array(30_000).fill(wrong);
    const { status, errors, detail } = await asked(running, { spider: "ecn", targets });
    assertEquals([status, errors.length, errors[19].at], [422, 20, "/targets/19"]);
    assertMatch(detail, /in 1,000 or more places, the first 20 of which are told: \/targets\/0 /);
  }
});

Deno.test("lists of what a spider has no use for are refused", async () => {
  await using running = new RunningServer();
  const upload = async (needs: string, body: string) => {
    const { text } = await running.ask(`/lists?name=a&needs=${needs}`, { method: "POST", body });
    return { list: JSON.parse(text).id };
  };
  const addresses = await upload("address", "192.0.2.1\n");
  const names = await upload("domain", "a.example\n");
  const both = await upload("domain", '{"domain":"a.example","dip":"192.0.2.1"}\n');
  assertEquals(await faults(running, { spider: "dnsresolv", targets: addresses }), [
    [
      "/targets/list",
      "the list has no target that can be measured so: no name: domain is missing",
    ],
  ]);
  assertEquals(await faults(running, { spider: "ecn", targets: names }), [
    ["/targets/list", `the list has no target that can be measured so: ${UNRESOLVED}`],
  ]);
  assertEquals((await asked(running, { spider: "ecn", targets: both })).status, 202);
  assertEquals(await faults(running, { spider: "ecn", targets: { list: "nothing" } }), [
    ["/targets/list", "there is no list nothing"],
  ]);
});

Deno.test("all that is wrong is told at once, with what was probably meant", async () => {
  await using running = new RunningServer();
  const json = {
    ...{ spider: "ecnn", targets: ["192.0.2.1", 7], rate: -1, isolat: true },
    ...{ schedule: { intervl: 60 }, deliver: [{ observatory: "nowhere" }, { webhok: "x" }] },
  };
  assertEquals(
    new Map(await faults(running, json)),
    new Map([
      ["/rate", "must be a number from 0.001 to 1000000"],
      ["/schedule/intervl", "is not known; did you mean interval?"],
      ["/deliver/1/webhok", "is not known; did you mean webhook?"],
      ["/deliver/1", "must be an object with webhook or observatory, and not both"],
      ["/targets/1", "must be an address, a name, or an object with dip or domain"],
      ["/isolat", "is not known; did you mean isolate?"],
      ["/spider", "there is no spider ecnn; did you mean ecn?"],
    ]),
  );
  const other = {
    spider: "ecn",
    targets: ["no host"],
    options: { deep: 1 },
    deliver: [{ observatory: "x" }],
  };
  assertEquals((await faults(running, other)).map(([at]) => at), [
    ...["/options/deep", "/targets/0", "/deliver/0/observatory"],
  ]);
  for (
    const [targets, at, detail] of [
      [{ lst: "x" }, "/targets/list", "is missing"],
      [{ lst: "x", list: "y" }, "/targets/lst", "is not known; did you mean list?"],
      [[], "/targets", "must be a list of 1 to 100000 targets"],
    ] as const
  ) {
    const found = await faults(running, { spider: "ecn", targets });
    assertEquals(found.find((one) => one[0] === at)?.[1], detail);
  }
  const pings = await running.ask("/pings", {
    ...{ method: "POST", json: { targets: ["127.0.0.1"], count: 3 } },
  });
  assertEquals(JSON.parse(pings.text).errors, [{
    ...{ in: "body", at: "/count" },
    detail:
      "is not known; there is targets, protocol, port, queries, size, tos, timeout, numeric, form",
  }]);
});

Deno.test("what goes not together is told by its key", async () => {
  await using running = new RunningServer();
  const target = { targets: ["192.0.2.1"] };
  const name = { targets: ["a.example"] };
  const cases: [object, string, RegExp][] = [
    [
      { spider: "ecn", isolate: true, ...target },
      "/isolate",
      /^what ecn sends does not .*: leave out isolate$/,
    ],
    [
      { spider: "h2", locate: true, ...target },
      "/locate",
      /^the spider h2 does not say what is to be localised; leave out locate$/,
    ],
    [
      { spider: "dnsresolv", repeat: 3, ...name },
      "/repeat",
      /^dnsresolv yields targets, .*: leave out repeat$/,
    ],
    [{ spider: "ecn", connect: "udp", ...target }, "/connect", /knows nothing of connect udp; it /],
  ];
  for (const [json, at, detail] of cases) {
    const [[place, said] = [], ...others] = await faults(running, json);
    assertEquals([place, others], [at, []]);
    assertMatch(said!, detail);
    assert(!said!.includes("--"), said);
  }
  for (
    const json of [
      { spider: "tcpopt", isolate: true, ...target },
      { spider: "ecn", locate: true, ...target },
      { spider: "dnsresolv", repeat: 3, results: true, ...name },
    ]
  ) assertEquals((await asked(running, json)).status, 202, JSON.stringify(json));
});

Deno.test("a condition that no result can have is refused, with the one that was meant", async () => {
  await using running = new RunningServer();
  const { id } = await asked(running, {
    ...{ spider: "dscp", options: { codepoint: [46] }, targets: ["192.0.2.1"] },
  });
  for (const path of [`/measurements/${id}/results`, `/measurements/${id}/groups`]) {
    const told = async (condition: string) => {
      const { status, text } = await running.ask(`${path}?condition=${condition}`);
      return [status, status === 200 ? null : JSON.parse(text).errors];
    };
    const fault = (detail: string) => [422, [{ in: "query", at: "condition", detail }]];
    assertEquals(
      await told("dscp.46.conectivity.works"),
      fault("is no condition of dscp; did you mean dscp.46.connectivity.works?"),
    );
    const [status, [{ detail }]] = await told("foo") as [number, [{ detail: string }]];
    assertEquals(status, 422);
    assertMatch(detail, /^is no condition of dscp; there is dscp\.46\.connectivity\.works, /);
    for (const known of ["dscp.46.connectivity.broken", "pathspider.not_observed"]) {
      assertEquals(await told(known), [200, null], known);
    }
  }
});
