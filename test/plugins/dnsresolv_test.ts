import { assertEquals, assertRejects } from "@std/assert";
import dnsresolv from "../../plugins/spiders/dnsresolv.ts";
import type {
  Connection,
  ConnectOptions,
  Connector,
  Job,
  NamedJob,
  ObservedFlow,
} from "../../src/mod.ts";

interface Said {
  readonly rcode?: string | null;
  readonly outcome?: Connection["outcome"];
  readonly name?: string | null;
  readonly truncated?: boolean;
  readonly complete?: boolean;
  readonly answers?: readonly (readonly [name: string, type: string, data: string, ttl?: number])[];
}

/** The outcome with a server that answers this. */
function connection(
  {
    rcode = "NOERROR",
    outcome = "ok",
    name = "a.example",
    truncated = false,
    complete = true,
    answers = [],
  }: Said,
): Connection {
  return {
    state: outcome === "ok" ? 0 : 1,
    outcome,
    errno: outcome === "ok" ? null : outcome === "timeout" ? "ETIMEDOUT" : "EPROTO",
    protocol: 17,
    local: null,
    remote: { address: "192.0.2.53", port: 53 },
    start: 0,
    stop: 1,
    fields: {
      dns_name: name,
      dns_rcode: rcode,
      dns_truncated: truncated,
      dns_complete: complete,
      dns_answers: answers.map(([name, type, data, ttl = 60]) => ({ name, type, ttl, data })),
      dns_error: null,
    },
  };
}

/** A connector whose servers say, in turn, what is given; and what was asked of them. */
function connectorOf(
  says: (wish: ConnectOptions, turn: number) => Said | Promise<Said>,
  resolver: readonly string[] = [],
): { connector: Connector; asked: string[] } {
  const asked: string[] = [];
  const connector: Connector = {
    nameServers: ["192.0.2.1", "2001:db8::1"],
    options: { resolver },
    prepared: undefined,
    connect: async (wish = {}) => {
      const { remote, type = "standard", dns } = wish;
      const plain = dns?.edns === false ? " plain" : "";
      asked.push(`${type} ${remote?.address} ${remote?.port} ${dns?.type}${plain}`);
      return connection(await says(wish, asked.length - 1));
    },
  };
  return { connector, asked };
}

const [a, aaaa] = dnsresolv.arms;
const job = (domain: string): NamedJob => ({ domain });
const FOUND: Said = { answers: [["a.example", "A", "192.0.2.9"]] };

/** The jobs that an answer to the question for IPv4 addresses gives; none come for IPv6. */
function jobsOf(said: Said, of: NamedJob = job("a.example")): readonly Job[] {
  const flows = [connection(said), connection({})].map(({ fields }) => fields);
  return dnsresolv.jobs(of, flows as unknown as ObservedFlow[]);
}

function concluded(...said: Said[]): readonly string[] {
  const flows = said.map((one) => {
    const { fields, outcome } = connection(one);
    return { ...fields, spdr_outcome: outcome };
  });
  return dnsresolv.conclude(flows as unknown as ObservedFlow[]);
}

Deno.test("each arm asks for its type, at the first server that knows", async () => {
  const { connector, asked } = connectorOf(() => FOUND);
  await a.connect!(job("a.example"), connector);
  await aaaa!.connect!(job("a.example"), connector);
  assertEquals(asked, ["standard 192.0.2.1 53 A", "standard 192.0.2.1 53 AAAA"]);
});

Deno.test("servers that are named are asked, at their ports", async () => {
  const given = [
    "192.0.2.7",
    "192.0.2.8:5353",
    "2001:db8::7",
    "[2001:db8::8]:5353",
    "[2001:db8::9]",
    "fe80::7%eth0",
    "[fe80::8%eth0]:5353",
  ];
  const { connector, asked } = connectorOf(() => ({ rcode: "SERVFAIL" }), given);
  await a.connect!(job("a.example"), connector);
  assertEquals(asked, [
    "standard 192.0.2.7 53 A",
    "standard 192.0.2.8 5353 A",
    "standard 2001:db8::7 53 A",
    "standard 2001:db8::8 5353 A",
    "standard 2001:db8::9 53 A",
    "standard fe80::7%eth0 53 A",
    "standard fe80::8%eth0 5353 A",
  ]);
});

Deno.test("the next server is asked after silence or a failure, not after a no", async () => {
  const asks = async (said: Said) => {
    const { connector, asked } = connectorOf(({ remote }) =>
      remote?.address === "192.0.2.1" ? said : FOUND
    );
    const made = await a.connect!(job("a.example"), connector);
    return [new Set(asked.map((line) => line.split(" ")[1])).size, made.fields.dns_rcode];
  };
  assertEquals(await asks({ outcome: "timeout", rcode: null }), [2, "NOERROR"]);
  assertEquals(await asks({ rcode: "SERVFAIL" }), [2, "NOERROR"]);
  assertEquals(await asks({ rcode: "REFUSED" }), [2, "NOERROR"]);
  assertEquals(await asks({ rcode: "NXDOMAIN" }), [1, "NXDOMAIN"]);
  assertEquals(await asks({}), [1, "NOERROR"]);
  assertEquals(await asks({ name: null, rcode: null, outcome: "failed" }), [1, null]);
});

Deno.test("a server that only says where to ask knows nothing of the name", async () => {
  const referral = { complete: false };
  const { connector, asked } = connectorOf((_, turn) => turn === 0 ? referral : FOUND);
  assertEquals((await a.connect!(job("a.example"), connector)).fields.dns_complete, true);
  assertEquals(asked.length, 2);
  assertEquals(concluded(referral, { complete: false, rcode: "NXDOMAIN" }), [
    "dnsresolv.a.failed:referral",
    "dnsresolv.aaaa.failed:referral",
  ]);
});

Deno.test("when none knows, one that said something counts for more than a silent one", async () => {
  for (const order of [["SERVFAIL", null], [null, "SERVFAIL"]]) {
    const { connector } = connectorOf((_, turn) => ({ rcode: order[turn] ?? null }));
    const made = await a.connect!(job("a.example"), connector);
    assertEquals(made.fields.dns_rcode, "SERVFAIL");
  }
});

Deno.test("an answer that was cut is asked for over TCP, and else at the next server", async () => {
  const whole = connectorOf(({ type }) => type === "dnstcp" ? FOUND : { truncated: true });
  const made = await a.connect!(job("a.example"), whole.connector);
  assertEquals(whole.asked, ["standard 192.0.2.1 53 A", "dnstcp 192.0.2.1 53 A"]);
  assertEquals(made.fields.dns_truncated, false);

  const cut = connectorOf(({ type }, turn) =>
    type === "dnstcp" ? { outcome: "refused", rcode: null } : { truncated: turn === 0 }
  );
  await a.connect!(job("a.example"), cut.connector);
  assertEquals(cut.asked.length, 3);
});

Deno.test("a server that fails questions with EDNS is asked once more without, then always so", async () => {
  const failures: Said[] = [
    { rcode: "FORMERR" },
    { rcode: "NOTIMP" },
    { rcode: "RCODE_16" }, // BADVERS
    { rcode: null, outcome: "timeout" },
    { rcode: null, outcome: "failed" },
  ];
  for (const said of failures) {
    const { connector, asked } = connectorOf(({ dns }) => dns?.edns === false ? FOUND : said);
    for (const name of ["a.example", "b.example"]) {
      assertEquals((await a.connect!(job(name), connector)).fields.dns_rcode, "NOERROR");
    }
    assertEquals(asked, [
      "standard 192.0.2.1 53 A",
      "standard 192.0.2.1 53 A plain",
      "standard 192.0.2.1 53 A plain",
    ]);
  }
});

Deno.test("a question that was under way when a server was found to fail EDNS is asked again, too", async () => {
  const { promise, resolve } = Promise.withResolvers<Said>();
  const { connector, asked } = connectorOf(({ dns }, turn) => {
    if (dns?.edns === false) return FOUND;
    return turn === 0 ? promise : { rcode: "FORMERR" };
  });
  const first = a.connect!(job("a.example"), connector);
  await a.connect!(job("b.example"), connector);
  resolve({ rcode: null, outcome: "timeout" });
  assertEquals((await first).fields.dns_rcode, "NOERROR");
  assertEquals(asked.at(-1), "standard 192.0.2.1 53 A plain");
});

Deno.test("a server that fails plain questions too is asked no third time", async () => {
  const refuses = connectorOf(({ remote }) =>
    remote?.address === "192.0.2.1" ? { rcode: "FORMERR" } : FOUND
  );
  await a.connect!(job("a.example"), refuses.connector);
  assertEquals(refuses.asked, [
    "standard 192.0.2.1 53 A",
    "standard 192.0.2.1 53 A plain",
    "standard 2001:db8::1 53 A",
  ]);
  // What it said first counts for more than the silence after it
  const silent = connectorOf(({ dns }) =>
    dns?.edns === false ? { rcode: null, outcome: "timeout" } : { rcode: "NOTIMP" }
  );
  const made = await a.connect!(job("a.example"), silent.connector);
  assertEquals(made.fields.dns_rcode, "NOTIMP");
});

Deno.test("one that has answered with EDNS is not asked without because it was silent once", async () => {
  const { connector, asked } = connectorOf((_, turn) =>
    turn === 1 ? { rcode: null, outcome: "timeout" } : FOUND
  );
  for (const name of ["a.example", "b.example"]) await a.connect!(job(name), connector);
  assertEquals(asked, [
    "standard 192.0.2.1 53 A",
    "standard 192.0.2.1 53 A",
    "standard 2001:db8::1 53 A",
  ]);
});

Deno.test("over TCP, too, what fails with EDNS is asked without", async () => {
  const { connector, asked } = connectorOf(({ type, dns }) => {
    if (type !== "dnstcp") return { truncated: true };
    return dns?.edns === false ? FOUND : { rcode: "FORMERR" };
  });
  const made = await a.connect!(job("a.example"), connector);
  assertEquals(made.fields.dns_rcode, "NOERROR");
  assertEquals(asked, [
    "standard 192.0.2.1 53 A",
    "dnstcp 192.0.2.1 53 A",
    "dnstcp 192.0.2.1 53 A plain",
  ]);
});

Deno.test("a server that was silent is asked last from then on", async () => {
  const { connector, asked } = connectorOf(({ remote }) =>
    remote?.address === "192.0.2.1" ? { outcome: "timeout", rcode: null } : FOUND
  );
  for (const name of ["a.example", "b.example", "c.example"]) {
    await a.connect!(job(name), connector);
  }
  assertEquals(asked, [
    "standard 192.0.2.1 53 A",
    "standard 192.0.2.1 53 A plain",
    "standard 2001:db8::1 53 A",
    "standard 2001:db8::1 53 A",
    "standard 2001:db8::1 53 A",
  ]);
});

Deno.test("a name is asked for once, also by many at the same time", async () => {
  const { promise, resolve } = Promise.withResolvers<Said>();
  const { connector, asked } = connectorOf(() => promise);
  const names = ["a.example", "A.Example", "a.example."];
  const asking = names.map((name) => a.connect!(job(name), connector));
  resolve(FOUND);
  await Promise.all(asking);
  await a.connect!(job("a.example"), connector);
  assertEquals(asked.length, 1);
  await a.connect!(job("b.example"), connector);
  assertEquals(asked.length, 2);
});

Deno.test("an answer that is out of date is asked for again; another run asks by itself", async () => {
  const outdated: Said = {
    answers: [["a.example", "CNAME", "b.example"], ["b.example", "A", "192.0.2.9", 0]],
  };
  const { connector, asked } = connectorOf(() => outdated);
  for (let i = 0; i < 3; i++) await a.connect!(job("a.example"), connector);
  assertEquals(asked.length, 3);
  const other = connectorOf(() => FOUND);
  await a.connect!(job("a.example"), other.connector);
  assertEquals(other.asked.length, 1);
});

Deno.test("no more answers are kept than there is room for, the first one goes", async () => {
  const { connector, asked } = connectorOf(() => FOUND);
  for (let i = 0; i <= 20_000; i++) await a.connect!(job(`${i}.example`), connector);
  await a.connect!(job("20000.example"), connector);
  assertEquals(asked.length, 20_001);
  await a.connect!(job("0.example"), connector);
  assertEquals(asked.length, 20_002);
});

Deno.test("local trouble is passed on to all who wait, and not kept", async () => {
  let turn = 0;
  const { connector } = connectorOf(() => {
    if (turn++ === 0) throw new Error("no descriptor");
    return FOUND;
  });
  const asking = [1, 2].map(() => a.connect!(job("a.example"), connector));
  for (const one of asking) await assertRejects(() => one, Error, "no descriptor");
  assertEquals((await a.connect!(job("a.example"), connector)).outcome, "ok");
});

Deno.test("a job for each address, once, with all that the job had", () => {
  const said: Said = {
    answers: [
      ["a.example", "A", "192.0.2.9"],
      ["a.example", "A", "192.0.2.10"],
      ["a.example", "A", "192.0.2.9"],
    ],
  };
  const given = { domain: "a.example", dp: 443, rank: 7, note: { kept: true } };
  assertEquals(jobsOf(said, given), [
    { ...given, dip: "192.0.2.9" },
    { ...given, dip: "192.0.2.10" },
  ]);
  assertEquals(jobsOf(said, { ...given, dip: "198.51.100.1" })[0]?.dip, "192.0.2.9");
});

Deno.test("aliases are followed in any order, without regard to case, and in circles", () => {
  const chain: Said["answers"] = [
    ["C.example", "A", "192.0.2.9"],
    ["b.example", "CNAME", "c.example"],
    ["A.example", "CNAME", "B.example"],
    ["c.example", "CNAME", "a.example"],
  ];
  assertEquals(jobsOf({ answers: chain }).map(({ dip }) => dip), ["192.0.2.9"]);
});

Deno.test("addresses that are not the name's, or of another type, are none of its", () => {
  assertEquals(
    jobsOf({
      answers: [
        ["stranger.example", "A", "192.0.2.66"],
        ["x.example", "CNAME", "y.example"],
        ["y.example", "A", "192.0.2.66"],
        ["a.example", "AAAA", "2001:db8::66"],
        ["a.example", "TXT", "c2"],
      ],
    }),
    [],
  );
});

Deno.test("the outcome of each question is a condition", () => {
  const six: Said = { answers: [["a.example", "AAAA", "2001:db8::9"]] };
  assertEquals(concluded(FOUND, six), ["dnsresolv.a.resolved", "dnsresolv.aaaa.resolved"]);
  const ends: [string, Said][] = [
    ["no_address", {}],
    ["nxdomain", { rcode: "NXDOMAIN" }],
    ["bad_name", { name: null, rcode: null, outcome: "failed" }],
    ["failed:SERVFAIL", { rcode: "SERVFAIL" }],
    ["failed:timeout", { rcode: null, outcome: "timeout" }],
    ["failed:NOERROR", { truncated: true }],
  ];
  for (const [end, said] of ends) {
    assertEquals(concluded(said, FOUND), [`dnsresolv.a.${end}`, "dnsresolv.aaaa.no_address"]);
  }
});
