import { assert, assertEquals } from "@std/assert";
import { gzipSync } from "node:zlib";
import { Folder } from "../data/temporary.ts";
import { inProcess } from "../in_process.ts";
import { spider } from "../spider.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const lines = (text: string) => text.trimEnd().split("\n").map((line) => JSON.parse(line));

Deno.test("filter makes every form JSON, and counts what it cannot read", async () => {
  const csv = await inProcess(["filter"], {
    input: "dip,dp,domain,note\n192.0.2.1,80,a.example,x\n300.1.1.1,80,,\n2001:db8::1,,,\n",
  });
  assertEquals(csv.code, 0);
  assertEquals(lines(csv.out), [
    { dip: "192.0.2.1", dp: 80, domain: "a.example", note: "x" },
    { dip: "2001:db8::1", note: "" },
  ]);
  assertEquals(
    csv.err,
    "2 of 2 targets kept\nwarning: 1 line of the input skipped\n" +
      '  line 3: "300.1.1.1" is not an IPv4 or IPv6 address\n',
  );
  const hosts = await inProcess(["filter", "--dp", "443"], {
    input: "192.0.2.1\n[2001:db8::1]:80\n",
  });
  assertEquals(lines(hosts.out), [
    { dip: "192.0.2.1", dp: 443 },
    { dip: "2001:db8::1", dp: 443 },
  ]);
});

Deno.test("filter keeps what is wanted, counts the rest by reason, and carries every key", async () => {
  using folder = new Folder();
  const result = (dip: string, more = {}) => ({
    dip,
    sip: "10.0.0.1",
    conditions: ["a.b"],
    ...more,
  });
  const results = [
    result("192.0.2.1"),
    result("192.0.2.1"),
    result("192.0.2.1", { dp: 80 }),
    result("192.0.2.9"),
    result("198.51.100.1"),
    result("203.0.113.1"),
    result("203.0.113.200"),
    result("2001:db8::1"),
  ];
  const packed = gzipSync(encode(results.map((line) => JSON.stringify(line) + "\n").join("")));
  const input = folder.put("results.ndjson.gz", packed);
  const blocklist = folder.put("block.conf", encode("198.51.100.0/24 # asked us to stop\n"));
  const chosen = ["--unique", "-4", "--blocklist", blocklist, "--exclude-prefix", "192.0.2.8/29"];
  const within = ["--prefix", "192.0.2.0/24", "--prefix=198.51.0.0/16", "--prefix", "203.0.113.1"];
  const run = ["filter", "--input", input, ...chosen, ...within];
  const { code, out, err } = await inProcess([...run, "--output", folder.at("out")]);
  assertEquals([code, out], [0, ""]);
  assertEquals(lines(folder.text("out")), [results[0]!, results[2]!, results[5]!]);
  assertEquals(
    err,
    "3 of 8 targets kept\n  1 of the other address family\n  1 outside every --prefix\n" +
      "  1 in an --exclude-prefix\n  1 on a blocklist\n  1 there before\n",
  );
  const counted = await inProcess([...run, "--json"]);
  assertEquals(JSON.parse(counted.err), {
    kept: 3,
    family: 1,
    prefix: 1,
    excluded: 1,
    blocked: 1,
    duplicate: 1,
    skipped: 0,
    first_skipped: [],
    interrupted: false,
  });
  assertEquals(
    (await inProcess(["filter", "-6", "--input", input])).out,
    JSON.stringify(results[7]) + "\n",
  );
});

Deno.test("filter with --dp tells duplicates by the port that they get", async () => {
  const input = '{"dip":"192.0.2.1","dp":80}\n{"dip":"192.0.2.1"}\n';
  const { out } = await inProcess(["filter", "--unique", "--dp", "443"], { input });
  assertEquals(lines(out), [{ dip: "192.0.2.1", dp: 443 }]);
});

Deno.test("filter refuses what cannot be meant, and says what to do", async () => {
  using folder = new Folder();
  const empty = folder.put("empty", encode("# nothing\n"));
  const names = folder.put("names", encode("example.com\n"));
  const cases: [string[], number, string][] = [
    [["-4", "-6"], 2, "-4 and -6 together keep nothing; give one, or neither"],
    [["--prefix", "x/8"], 2, '--prefix: "x/8" is not a prefix'],
    [["--dp", "0"], 2, "--dp must be a whole number from 1 to 65535, not 0"],
    [["--blocklist", empty], 1, "lists no prefix and no address: leave it out, or fill it"],
    [["--blocklist", names], 1, "line 1:"],
    [["--blocklist", folder.at("none")], 1, "there is no such file or folder"],
    [["--blocklist", empty, "--output", empty], 1, "lists no prefix"],
  ];
  for (const [args, code, message] of cases) {
    const said = await inProcess(["filter", ...args], { input: "192.0.2.1\n" });
    assertEquals([said.code, said.out], [code, ""], args.join(" "));
    assert(said.err.includes(message), said.err);
  }
  assertEquals(folder.text("empty"), "# nothing\n");
});

Deno.test("a list that a shell redirects in is not emptied by the output", async () => {
  using folder = new Folder();
  const list = folder.put("list", encode("192.0.2.1\n"));
  const within = (line: readonly string[]) => ["bash", "-c", '"$@" <"$0"', list, ...line];
  const { code, err } = await spider(["filter", "--output", list], { within });
  assertEquals([code, err], [
    1,
    `spider: ${list} is the input itself; write the output to another file\n`,
  ]);
  assertEquals(folder.text("list"), "192.0.2.1\n");
});
