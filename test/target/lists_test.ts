import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { collect, jobs, problemOf } from "./collect.ts";

const NAMED = { needs: "domain" } as const;

Deno.test("CSV of two columns: an address with a port, or with a name, in one file", async () => {
  const text = "192.0.2.1,80\n2001:db8::1,443\n192.0.2.2,a.example\nb.example,192.0.2.3\n" +
    "[2001:db8::2]:8080,c.example\n[2001:db8::3],53\n5,192.0.2.4\n192.0.2.5,\n";
  assertEquals(await jobs(text), [
    { dip: "192.0.2.1", dp: 80 },
    { dip: "2001:db8::1", dp: 443 },
    { dip: "192.0.2.2", domain: "a.example" },
    { dip: "192.0.2.3", domain: "b.example" },
    { dip: "2001:db8::2", dp: 8080, domain: "c.example" },
    { dip: "2001:db8::3", dp: 53 },
    { dip: "192.0.2.4", rank: 5 },
    { dip: "192.0.2.5" },
  ]);
});

Deno.test("URLs, one a line: their hosts and ports", async () => {
  const text = "https://192.0.2.1:8443/x?y=1,2#z\nHTTP://192.0.2.2\nhttp://[2001:db8::1]/\n" +
    "https://user:secret@192.0.2.3?q\n192.0.2.4\n";
  assertEquals(await jobs(text), [
    { dip: "192.0.2.1", dp: 8443 },
    { dip: "192.0.2.2", dp: 80 },
    { dip: "2001:db8::1", dp: 80 },
    { dip: "192.0.2.3", dp: 443 },
    { dip: "192.0.2.4" },
  ]);
  assertEquals(await jobs("https://example.com:8443/x\nhttp://münchen.example/\n", NAMED), [
    { domain: "example.com", dp: 8443 },
    { domain: "münchen.example", dp: 80 },
  ]);
});

Deno.test("the Chrome UX Report: with its header, without it, and as JSON", async () => {
  const expected = [
    { rank: 1000, domain: "example.com", dp: 443 },
    { rank: 5000, domain: "www.example.org", dp: 8080 },
  ];
  const origins = ["https://example.com", "http://www.example.org:8080"];
  const rows = origins.map((origin, at) => `${origin},${expected[at]!.rank}`).join("\n");
  assertEquals(await jobs(rows, NAMED), expected);
  const kept = expected.map((job, at) => ({ origin: origins[at], ...job }));
  assertEquals(await jobs(`origin,rank\n${rows}\n`, NAMED), kept);
  const lines = origins.map((origin, at) => JSON.stringify({ origin, rank: expected[at]!.rank }));
  assertEquals(await jobs(lines.join("\n"), NAMED), kept);
  assertEquals(await jobs("origin\nhttps://192.0.2.1\n"), [
    { origin: "https://192.0.2.1", dip: "192.0.2.1", dp: 443 },
  ]);
});

Deno.test("a URL beside an address or a name is carried along as it is", async () => {
  assertEquals(await jobs('{"dip":"192.0.2.1","url":"https://b.example/"}'), [
    { dip: "192.0.2.1", url: "https://b.example/" },
  ]);
  assertEquals(await jobs("url,category\nhttps://192.0.2.1/x,NEWS\n"), [
    { url: "https://192.0.2.1/x", category: "NEWS", dip: "192.0.2.1", dp: 443 },
  ]);
  assertEquals(await jobs('{"origin":"https://192.0.2.1","dp":8080}'), [
    { origin: "https://192.0.2.1", dip: "192.0.2.1", dp: 8080 },
  ]);
});

Deno.test("comments behind what a line says", async () => {
  const expected = [{ dip: "192.0.2.1" }, { dip: "192.0.2.2", dp: 80 }];
  assertEquals(await jobs("192.0.2.1 # mail, and web\n192.0.2.2:80\t#x\n"), expected);
  assertEquals(await jobs('192.0.2.1, # mail, and web\n192.0.2.2,80 # "x\n'), expected);
  assertEquals(await jobs("dip,dp # columns\n192.0.2.1, #x\n192.0.2.2,80 # a, b\n"), expected);
  // In columns of one's own they could be text
  assertEquals(await jobs("dip,issue #\n192.0.2.1,see # 5\n"), [
    { dip: "192.0.2.1", "issue #": "see # 5" },
  ]);
});

Deno.test("what could be one thing or another is named, with what to write", async () => {
  const cases: Record<string, string> = {
    "192.0.2.1,,,443": '"443" may be a port or a rank: write dip,dp for a port; for a rank, name ' +
      "the columns in a first line, as in dip,rank",
    "192.0.2.1,,443": '"443" is in the domain column of dip,dp,domain, and is a number; the ' +
      "port is the second column",
    "a.example,443": '"443" may be a port or a rank: name the columns in a first line, as in ' +
      "domain,dp or domain,rank",
    "192.0.2.1,192.0.2.2": '"192.0.2.1" and "192.0.2.2" are two addresses for one target',
    "a.example,b.example": '"a.example" and "b.example" are two names for one target',
    "192.0.2.1:80,https://a.example": '"192.0.2.1:80" and "https://a.example" are two ports for ' +
      "one target",
    "1,2": '"1" and "2" are numbers, and no name or address',
    "1,192.0.2.256": '"192.0.2.256" is not an IPv4 or IPv6 address',
    "192.0.2.1,65536": 'dp "65536" is not a port from 1 to 65535',
    "192.0.2.1,a b": 'domain "a b" is not a host name',
    "1,fe80::1%eth0": '"fe80::1%eth0" has a zone; give a global address',
    ",": "no address: dip is missing",
    ",80": "no address: dip is missing",
    "5,": "no address: dip is missing",
  };
  for (const [line, problem] of Object.entries(cases)) {
    assertEquals(await problemOf("192.0.2.9,80", line), problem, line);
  }
  assertEquals(
    await problemOf("origin,rank", "ftp://a.example,5"),
    '"ftp://a.example" is a URL of neither http nor https',
  );
});

Deno.test("PATHspider's rank,domain stays as it was, whatever the name", async () => {
  assertEquals(
    await jobs("1,a.example\n2,_x.*.example\n3,1.example\n4,a..b\n,d.example\n", NAMED),
    [
      { rank: 1, domain: "a.example" },
      { rank: 2, domain: "_x.*.example" },
      { rank: 3, domain: "1.example" },
      { rank: 4, domain: "a..b" },
      { domain: "d.example" },
    ],
  );
});

Deno.test("a long line of blanks and marks is read as fast as any", async () => {
  const line = " ".repeat(1_000_000);
  const start = performance.now();
  await collect(`192.0.2.1${line}x#\n192.0.2.1,80${line}x#\n${"#".repeat(1_000_000)}`);
  // Were each blank looked at from each other one, it would take many minutes
  assert(performance.now() - start < 60_000);
});

/** A host as lists write it, and as a job has it. */
const host = fc.oneof(
  fc.ipV4().filter((text) => !/^(0|22[4-9]|23\d|24\d|25\d)\./.test(text))
    .map((dip) => ({ job: { dip }, text: dip, bracketed: dip })),
  fc.ipV6().filter((text) => /^[23][0-9a-f]{3}:/i.test(text))
    .map((dip) => ({ job: { dip }, text: dip, bracketed: `[${dip}]` })),
  fc.domain().map((domain) => ({ job: { domain }, text: domain, bracketed: domain })),
);
const port = fc.integer({ min: 1, max: 65535 });

Deno.test("a host and a port are the same in every form that can say them", async () => {
  const comment = fc.constantFrom("", " # x, y", "\t#");
  await fc.assert(
    fc.asyncProperty(host, port, comment, async ({ job, text, bracketed }, dp, comment) => {
      const needs = "dip" in job ? "address" : "domain";
      const [key] = Object.keys(job);
      const lines = [
        `${bracketed}:${dp}${comment}`,
        `http://${bracketed}:${dp}/a,b?c#d${comment}`,
        `${key},dp\n${text},${dp}${comment}`,
        `origin\nhttps://${bracketed}:${dp}${comment}`,
        JSON.stringify({ url: `https://${bracketed}:${dp}/` }),
        ...key === "dip" ? [`${text},${dp}${comment}`, `${text},${dp},${comment}`] : [],
      ];
      for (const line of lines) {
        const [found] = await collect(line, { needs });
        const { dip, domain, dp: port } = (found as { job: Record<string, unknown> }).job;
        assertEquals(
          { dip, domain, dp: port },
          { dip: undefined, domain: undefined, ...job, dp },
          line,
        );
      }
    }),
    { numRuns: 500 },
  );
});
