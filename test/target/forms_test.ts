import { assertEquals } from "@std/assert";
import { collect, jobs, problemOf } from "./collect.ts";

Deno.test("JSON objects, with other keys carried along", async () => {
  assertEquals(
    await jobs(
      '{"dip":"192.0.2.1","dp":80,"domain":"a.example","rank":1,"x":{"y":[1]},"n":null}\n',
    ),
    [{ dip: "192.0.2.1", dp: 80, domain: "a.example", rank: 1, x: { y: [1] }, n: null }],
  );
});

Deno.test("numbers in text become numbers, null is as good as missing", async () => {
  const [job] = await jobs('{"dip":"2001:db8::1","dp":"443","rank":"7","domain":null}');
  assertEquals(JSON.stringify(job), '{"dip":"2001:db8::1","dp":443,"rank":7}');
});

Deno.test("CSV of PATHspider in four columns, three, and both mixed", async () => {
  assertEquals(await jobs("192.0.2.1,80,a.example,5\n2001:db8::1,443,b.example\n"), [
    { dip: "192.0.2.1", dp: 80, domain: "a.example", rank: 5 },
    { dip: "2001:db8::1", dp: 443, domain: "b.example" },
  ]);
});

/** Says what to do about a line with a name alone. */
const UNRESOLVED = "no address: resolve the names first, with `spider measure dnsresolv`";

Deno.test("CSV of two columns has no address", async () => {
  assertEquals(await collect("1,a.example\n"), [
    { line: 1, problem: UNRESOLVED },
  ]);
});

Deno.test("CSV with a header, in any order and case, with columns of one's own", async () => {
  const text = 'country,DIP,"dp"\nCH,192.0.2.1,80\n"a, ""b""",192.0.2.2,\n,192.0.2.3, 8080 \n';
  assertEquals(await jobs(text), [
    { country: "CH", dip: "192.0.2.1", dp: 80 },
    { country: 'a, "b"', dip: "192.0.2.2" },
    { country: "", dip: "192.0.2.3", dp: 8080 },
  ]);
  assertEquals(await jobs("dip\n192.0.2.1\n"), [{ dip: "192.0.2.1" }]);
});

Deno.test("a column cannot change what a job is made of", async () => {
  const [job] = await jobs("dip,__proto__,constructor\n192.0.2.1,x,y\n");
  assertEquals(Object.getPrototypeOf(job), Object.prototype);
  assertEquals((job as { constructor: unknown }).constructor, "y");
});

Deno.test("CSV can be asked for where one would not guess it", async () => {
  const [guessed] = await collect("192.0.2.1\n");
  assertEquals("job" in guessed!, true);
  assertEquals(await collect("192.0.2.1\n", { csv: true }), [{
    line: 1,
    problem: "1 column without a header; expected 2, 3 or 4 " +
      "(rank,domain · dip,dp · dip,domain · dip,dp,domain · dip,dp,domain,rank)",
  }]);
});

Deno.test("one address a line, with and without a port", async () => {
  const text = "192.0.2.1\n192.0.2.1:80\n2001:db8::1\n[2001:db8::1]:443\n[2001:db8::2]\n";
  assertEquals(await jobs(text), [
    { dip: "192.0.2.1" },
    { dip: "192.0.2.1", dp: 80 },
    { dip: "2001:db8::1" },
    { dip: "2001:db8::1", dp: 443 },
    { dip: "2001:db8::2" },
  ]);
});

Deno.test("what is wrong with a line of JSON", async () => {
  const good = '{"dip":"192.0.2.1"}';
  const cases: Record<string, string> = {
    "{": '"{" is not JSON',
    "[1]": '"[1]" is not a JSON object',
    "null": '"null" is not a JSON object',
    "{}": "no address: dip is missing",
    '{"domain":"a.example"}': UNRESOLVED,
    '{"dip":5}': "dip 5 is not text",
    '{"dip":"a.example"}': '"a.example" is not an IPv4 or IPv6 address',
    '{"dip":"192.0.2.1","dp":0}': "dp 0 is not a port from 1 to 65535",
    '{"dip":"192.0.2.1","dp":"65536"}': 'dp "65536" is not a port from 1 to 65535',
    '{"dip":"192.0.2.1","dp":"0x50"}': 'dp "0x50" is not a port from 1 to 65535',
    '{"dip":"192.0.2.1","dp":80.5}': "dp 80.5 is not a port from 1 to 65535",
    '{"dip":"192.0.2.1","dp":{"toString":1}}': 'dp {"toString":1} is not a port from 1 to 65535',
    '{"dip":"192.0.2.1","rank":-1}': "rank -1 is not a whole number, 0 or more",
    '{"dip":"192.0.2.1","domain":7}': "domain 7 is not a host name",
    '{"dip":"192.0.2.1","domain":"a\\r\\nHost: b"}': 'domain "a\\r\\nHost: b" is not a host name',
    '{"dip":"192.0.2.1","domain":""}': 'domain "" is not a host name',
  };
  for (const [line, problem] of Object.entries(cases)) {
    assertEquals(await problemOf(good, line), problem, line);
  }
  const deep = '{"dip":"192.0.2.1","x":' + "[".repeat(50_000) + "]".repeat(50_000) + "}";
  assertEquals(await problemOf(good, deep), "nested more than 100 deep");
});

Deno.test("what is wrong with a line of a host list", async () => {
  const cases: Record<string, string> = {
    "a.example": UNRESOLVED,
    "a.example:80": UNRESOLVED,
    "192.0.2": '"192.0.2" is not an IPv4 or IPv6 address',
    "192.0.2.256": '"192.0.2.256" is not an IPv4 or IPv6 address',
    "192.0.02.1": '"192.0.02.1" is not an IPv4 or IPv6 address',
    "0xc0000201": UNRESOLVED,
    "192.0.2.1:0": 'dp "0" is not a port from 1 to 65535',
    "192.0.2.1:": 'dp "" is not a port from 1 to 65535',
    "[2001:db8::1]:http": 'dp "http" is not a port from 1 to 65535',
    "[192.0.2.1": '"[192.0.2.1" is not an IPv4 or IPv6 address',
    "fe80::1%eth0": '"fe80::1%eth0" has a zone; give a global address',
    "::ffff:192.0.2.1": '"::ffff:192.0.2.1" is an IPv4 address in IPv6 form; write it as IPv4',
    "0:0:0:0:0:FFFF:c000:201":
      '"0:0:0:0:0:FFFF:c000:201" is an IPv4 address in IPv6 form; write it as IPv4',
    "2001:db8::1::2": '"2001:db8::1::2" is not an IPv4 or IPv6 address',
    "\x1b[31mred": '"\\u001b[31mred" is not an IPv4 or IPv6 address',
    "http://a.example/": UNRESOLVED,
    "http://192.0.2/": '"192.0.2" is not an IPv4 or IPv6 address, in a URL',
    "http://": '"http://" is a URL without a host',
    "http://%61.example/": '"%61.example" is not an IPv4 or IPv6 address, in a URL',
    "http://192.0.2.1:99999/": 'dp "99999" is not a port from 1 to 65535',
    "ftp://192.0.2.1/": '"ftp://192.0.2.1/" is a URL of neither http nor https',
    "192.0.2.1#53": '"192.0.2.1#53" is not an IPv4 or IPv6 address',
  };
  for (const [line, problem] of Object.entries(cases)) {
    assertEquals(await problemOf("192.0.2.9", line), problem, line);
  }
  const long = ":".repeat(100_000);
  assertEquals(
    await problemOf("192.0.2.9", long),
    `"${":".repeat(39)}... is too long for an address`,
  );
});

Deno.test("what is wrong with a line of CSV", async () => {
  const cases: Record<string, string> = {
    "192.0.2.1,80": "2 columns, but the header names 3",
    '192.0.2.1,80,"x': "a quotation mark is missing or stands where none can",
    '192.0.2.1,80,x"y': "a quotation mark is missing or stands where none can",
    "192.0.2.1,http,x": 'dp "http" is not a port from 1 to 65535',
    ",80,a.example": UNRESOLVED,
    ",80,": "no address: dip is missing",
    "a.example,80,x": '"a.example" is not an IPv4 or IPv6 address',
  };
  for (const [line, problem] of Object.entries(cases)) {
    assertEquals(await problemOf("dip,dp,domain", line), problem, line);
  }
});

Deno.test("where a domain is needed, every form may have one, and no address", async () => {
  const needs = { needs: "domain" } as const;
  assertEquals(await jobs("1,a.example\n2,b.example\n", needs), [
    { rank: 1, domain: "a.example" },
    { rank: 2, domain: "b.example" },
  ]);
  assertEquals(await jobs("a.example\nb.example.:443\nmünchen.example\n", needs), [
    { domain: "a.example" },
    { domain: "b.example.", dp: 443 },
    { domain: "münchen.example" },
  ]);
  const text = '{"domain":"a.example","note":1}\n{"domain":"b.example","dip":null,"dp":80}\n' +
    '{"domain":"c.example","dip":"192.0.2.1"}\n';
  assertEquals(await jobs(text, needs), [
    { domain: "a.example", note: 1 },
    { domain: "b.example", dip: undefined, dp: 80 },
    { domain: "c.example", dip: "192.0.2.1" },
  ]);
  assertEquals(await jobs("domain,rank\na.example,3\n", needs), [{ domain: "a.example", rank: 3 }]);
});

Deno.test("where a domain is needed, what has none or a bad one is named", async () => {
  const cases: Record<string, string> = {
    '{"dip":"192.0.2.1"}': "no name: domain is missing",
    '{"domain":null}': "no name: domain is missing",
    '{"domain":"a b"}': 'domain "a b" is not a host name',
    '{"domain":7}': "domain 7 is not a host name",
    '{"domain":"a.example","dip":"300.1.1.1"}': '"300.1.1.1" is not an IPv4 or IPv6 address',
  };
  for (const [line, problem] of Object.entries(cases)) {
    const [found] = await collect(line, { needs: "domain" });
    assertEquals(found, { line: 1, problem }, line);
  }
  for (const line of ["192.0.2.1", "192.0.2.1:80", "2001:db8::1", "[2001:db8::1]:53"]) {
    const [found] = await collect(line, { needs: "domain" });
    assertEquals(found, { line: 1, problem: "no name: domain is missing" }, line);
  }
});
