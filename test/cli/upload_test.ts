import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { gzipSync } from "node:zlib";
import { unpack } from "../../src/host/bzip2.ts";
import { Folder } from "../data/temporary.ts";
import { Observatory } from "../result/pto/observatory.ts";
import { inProcess } from "../in_process.ts";
import { outcome, spider, start } from "../spider.ts";

const RESULTS = Array.from({ length: 5000 }, (_, n) =>
  JSON.stringify({
    dip: `192.0.2.${n % 256}`,
    n,
    time: { from: `2026-11-20T07:47:${10 + n % 50}Z`, to: "2026-11-20T07:48:00.5Z" },
    conditions: ["ecn.connectivity.works"],
  }) + "\n").join("");

const encode = (text: string) => new TextEncoder().encode(text);
const upload = (server: Observatory, file: string, ...more: string[]) => [
  ...["upload", file, "--url", server.origin, "--campaign", "spring"],
  ...more,
];

async function uploaded(server: Observatory, name: string): Promise<string> {
  const { data } = server.files.get(name)!;
  return await new Response(unpack(ReadableStream.from([data!]), name)).text();
}

Deno.test("metadata is written beside the file, packed in whatever way", async () => {
  using folder = new Folder();
  folder.put("plain", encode(RESULTS));
  folder.put("gz", gzipSync(RESULTS));
  await new Deno.Command("bzip2", { args: ["-k", folder.at("plain")] }).output();
  for (const name of ["plain", "gz", "plain.bz2"]) {
    const args = [
      "metadata",
      folder.at(name),
      "--owner",
      "me@example.org",
      "vantage:zurich",
      "x:y:z",
    ];
    const { code, out, err } = await inProcess(args);
    assertEquals([code, out, err], [0, "", `Wrote ${folder.at(name)}.meta.json.\n`]);
    assertEquals(JSON.parse(folder.text(`${name}.meta.json`)), {
      _file_type: "pathspider-v2-ndjson-bz2",
      _owner: "me@example.org",
      _time_start: "2026-11-20T07:47:10Z",
      _time_end: "2026-11-20T07:48:00.500Z",
      vantage: "zurich",
      x: "y:z",
    });
  }
  const own = await inProcess(["metadata", folder.at("plain"), "-t", "mine"]);
  assertMatch(own.err, /^The owner is \S+@\S+; the tag _owner:EMAIL names another\.\nWrote /);
  const text = folder.text("plain.meta.json");
  assertMatch(JSON.parse(text)._owner, /^[^@]+@[^@]+$/);
  assertEquals(JSON.parse(text)._file_type, "mine");
});

Deno.test("metadata says what is wrong, and writes nothing then", async () => {
  using folder = new Folder();
  const jobs = folder.put("jobs", encode('{"dip":"192.0.2.1"}\n'));
  const cut = folder.put("cut", encode("BZh9 but cut"));
  const cases: [string[], number, string][] = [
    [[jobs], 1, "holds no result with a time (time.from, time.to): give a results file"],
    [[cut], 1, `${cut} is damaged bzip2`],
    [[folder.at("none")], 1, "there is no such file or folder"],
    [[folder.path], 1, "it is a folder"],
    [[jobs, "vantage"], 2, "vantage is not TAG:VALUE"],
    [[], 2, "metadata needs a FILE"],
  ];
  for (const [args, code, message] of cases) {
    const said = await inProcess(["metadata", ...args]);
    assertEquals(said.code, code, said.err);
    assertStringIncludes(said.err, message);
  }
  assertEquals([...Deno.readDirSync(folder.path)].length, 2);
});

Deno.test("upload packs plain and gzip results and leaves bzip2 as it is", async () => {
  await using server = new Observatory();
  using folder = new Folder();
  const key = folder.put("key", encode(`${server.key}\n`));
  folder.put("a.ndjson", encode(RESULTS));
  folder.put("b.ndjson.gz", gzipSync(RESULTS));
  folder.put("c.ndjson", encode(RESULTS));
  await new Deno.Command("bzip2", { args: [folder.at("c.ndjson")] }).output();
  for (const name of ["a.ndjson", "b.ndjson.gz", "c.ndjson.bz2"]) {
    const add = ["--add", "vantage:zurich", "--add", "_owner:me"];
    const args = upload(server, folder.at(name), "--token-file", key, "--json", ...add);
    const { code, out, err } = await inProcess(args);
    assertEquals(code, 0, err);
    assertStringIncludes(err, `Uploaded ${folder.at(name)}: `);
    assert(!(out + err).includes(server.key));
    const there = name.replace(/\.(gz|bz2)$/, "") + ".bz2";
    const { octets, confirmed, url } = JSON.parse(out);
    const stored = server.files.get(there)!;
    assertEquals([octets, confirmed], [stored.data!.length, true]);
    assertEquals(url, `${server.origin}/raw/spring/${there}`);
    assertEquals(await uploaded(server, there) === RESULTS, true);
    assertEquals(stored.metadata, {
      _file_type: "pathspider-v2-ndjson-bz2",
      _owner: "me",
      _time_start: "2026-11-20T07:47:10Z",
      _time_end: "2026-11-20T07:48:00.500Z",
      vantage: "zurich",
    });
  }
  assertEquals(
    server.files.get("c.ndjson.bz2")!.data,
    Deno.readFileSync(folder.at("c.ndjson.bz2")),
  );
});

Deno.test("upload takes the metadata beside the file, unless it is older", async () => {
  await using server = new Observatory();
  using folder = new Folder();
  const file = folder.put("a", encode(RESULTS));
  const meta = folder.put("a.meta.json", encode('{"_file_type":"x","mine":true}'));
  const args = upload(server, file, "--token", server.key, "--add", "more:1");
  Deno.utimeSync(meta, 1, 1);
  const old = await inProcess(args);
  assertEquals(old.code, 1);
  assertStringIncludes(
    old.err,
    `${meta} is older than ${file}: make it again with spider metadata`,
  );
  assertEquals(server.seen, []);
  Deno.utimeSync(file, 1, 1);
  assertEquals((await inProcess(args)).code, 0);
  assertEquals(server.files.get("a.bz2")!.metadata, { _file_type: "x", mine: true, more: "1" });
  folder.put("a.meta.json", encode("[]"));
  assertStringIncludes((await inProcess(args)).err, "a.meta.json is not a JSON object");
});

Deno.test("upload ends with 1 and says what the server has when it is refused", async () => {
  await using server = new Observatory();
  using folder = new Folder();
  const file = folder.put("a", encode(RESULTS));
  const { code, out, err } = await inProcess(upload(server, file, "--token", "not-the-key"));
  assertEquals([code, out], [1, ""]);
  assertStringIncludes(err, 'answers 401 ("who?"): is the key right');
  assertStringIncludes(err, "; nothing was stored\n");
  assert(!err.includes("not-the-key"));
});

Deno.test("upload asks for what it needs before it does anything", async () => {
  await using server = new Observatory();
  using folder = new Folder();
  const file = folder.put("a", encode(RESULTS));
  const blank = folder.put("key", encode("two words\n"));
  const url = ["--url", server.origin];
  const cases: [string[], number, string][] = [
    [[], 2, "upload needs a --url, such as https://pto.example.org"],
    [["--url", "ftp://x"], 2, "--url must be an address such as https://pto.example.org, not ftp"],
    [url, 2, "upload needs a --campaign"],
    [[...url, "--campaign", "c"], 2, "upload needs an API key: give --token-file, or set"],
    [[...url, "--campaign", "c", "--token-file", blank], 1, "the API key holds blanks"],
    [[...url, "--campaign", "c", "--token-file", folder.at("no")], 1, "there is no such file"],
    [[...url, "--campaign", "c", "--token", "k", "--add", "x"], 2, "x is not TAG:VALUE"],
  ];
  for (const [args, code, message] of cases) {
    const said = await inProcess(["upload", file, ...args]);
    assertEquals([said.code, said.out], [code, ""], said.err);
    assertStringIncludes(said.err, message);
  }
  assertEquals(server.seen, []);
});

Deno.test("upload with https trusts no certificate that nobody vouches for, and sends it no key", async () => {
  using folder = new Folder();
  const [key, certificate] = [folder.at("key.pem"), folder.at("certificate.pem")];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const whose = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  const { success } = await new Deno.Command("openssl", {
    args: ["req", "-x509", ...kind, ...whose, "-days", "2", "-keyout", key, "-out", certificate],
    stderr: "null",
  }).output();
  assert(success, "openssl makes no certificate");
  await using server = new Observatory({
    key: folder.text("key.pem"),
    cert: folder.text("certificate.pem"),
  });
  const file = folder.put("a", encode(RESULTS));
  const url = ["--url", server.origin.replace("127.0.0.1", "localhost"), "--campaign", "spring"];
  const args = ["upload", file, ...url, "--token", server.key, "--retries", "0", "--json"];
  const refused = await inProcess(args);
  assertEquals([refused.code, server.seen], [1, []]);
  assertMatch(refused.err, /certificate; nothing was sent\n$/);
  server.instead = ({ line }) =>
    line === "PUT /raw/spring/a.bz2" ? Response.json({ __data: "a.bz2/data" }) : undefined;
  server.files.set("a.bz2", { metadata: {}, data: null });
  const within = (
    line: readonly string[],
  ) => ["env", `NODE_EXTRA_CA_CERTS=${certificate}`, ...line];
  const { code, out, err } = await spider(args, { within });
  assertEquals(code, 0, err);
  assertEquals(JSON.parse(out).confirmed, true);
  assertEquals(await uploaded(server, "a.bz2") === RESULTS, true);
});

Deno.test("Ctrl-C during an upload says what the server has, and ends with 130", async () => {
  await using server = new Observatory();
  using folder = new Folder();
  const file = folder.put("a", encode(RESULTS));
  const child = start(upload(server, file, "--token", server.key, "--add", "_owner:me"));
  server.instead = ({ line }) => {
    if (!line.endsWith("/data")) return undefined;
    child.kill("SIGINT");
    return new Response("down", { status: 503 });
  };
  await child.stdin.close();
  const { code, err } = await outcome(child);
  assertEquals(code, 130, err);
  assertStringIncludes(err, "spider: ");
  assertStringIncludes(
    err,
    "; the server has the metadata of a.bz2; whether it has the data is not",
  );
});
