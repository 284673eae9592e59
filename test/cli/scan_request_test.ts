import {
  assert,
  assertEquals,
  assertObjectMatch,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { parse } from "../../src/cli/parse.ts";
import { scan } from "../../src/cli/commands/scan/command.ts";
import type { ScanInvocation } from "../../src/cli/commands/scan/options.ts";
import { checkOutputs, scanFlagOf, scanRequestOf } from "../../src/cli/commands/scan/request.ts";
import { STATUS_COLUMNS } from "../../src/cli/commands/scan/status_updates.ts";
import { pluginOptions } from "../../src/cli/plugin_options.ts";
import { ownTable } from "../../src/result/scan/result_table.ts";
import { TABLE_FORMS } from "../../src/result/scan/table_form.ts";
import { zmapTable } from "../../src/result/scan/zmap_table.ts";
import { PROCESS_STREAMS } from "../../src/host/streams.ts";
import { KINDS } from "../../src/scan/answers.ts";
import { UsageError } from "../../src/host/usage_error.ts";
import { SCAN_DEFAULTS } from "../../src/run/limits.ts";
import { field, requestError } from "../../src/run/request_error.ts";

const LIST = ["--input", "list.txt"];

/** What a command line is read as. */
async function read(...args: readonly string[]): Promise<ScanInvocation> {
  const parsed = await parse(scan, ["evilbit", ...args], PROCESS_STREAMS);
  if (parsed.help) throw new Error("no help was asked for");
  return await parsed.invocation as ScanInvocation;
}

/** What it asks for. */
async function requested(...args: readonly string[]) {
  return scanRequestOf(await read(...args));
}

Deno.test("without options a scan is made as by default", async () => {
  const { spider, ...request } = await requested("192.0.2.0/24");
  assertEquals(spider.name, "evilbit");
  assertEquals(request, { ...SCAN_DEFAULTS, prefixes: ["192.0.2.0/24"] });
});

Deno.test("each option of a scan gets into its request", async () => {
  assertObjectMatch(
    await requested(
      ...["192.0.2.0/24", "2001:db8::/120", "-p", "80,443,8000-8010", "-i", "eth0"],
      ...["--rate", "0", "--max-targets", "1000", "--seed", "7", "--shards", "3", "--shard", "2"],
      ...["--cooldown", "2.5", "--probes", "2", "--retries", "3", "--gap", "50"],
      ...["--blocklist", "a", "--blocklist", "b", "--allowlist", "c", "--no-default-blocklist"],
      ...["--source-port", "40000-40999", "--source-ip", "192.0.2.1,2001:db8::1", "--confirm"],
      ...["--confirm-rate", "20", "--output-offline", "--prefix-rate", "5", "--output-flows"],
      ...["--min-hitrate", "0.01", "--contact", "noc@example.org", "--connect", "tcpsyn"],
      ...["--page", "https://example.org/scan"],
    ),
    {
      prefixes: ["192.0.2.0/24", "2001:db8::/120"],
      ports: [{ first: 80, last: 80 }, { first: 443, last: 443 }, { first: 8000, last: 8010 }],
      interface: "eth0",
      rate: 0,
      maxTargets: 1000,
      ...{ seed: 7, shards: 3, shard: 2, cooldownMs: 2500, probes: 2, retries: 3, gapMs: 50 },
      ...{ blocklists: ["a", "b"], allowlists: ["c"], defaultBlocklist: false },
      sourcePorts: { first: 40_000, last: 40_999 },
      sources: ["192.0.2.1", "2001:db8::1"],
      ...{ confirm: true, confirmRate: 20, outputOffline: true, outputFlows: true },
      ...{ prefixRate: 5, minHitrate: 0.01, contact: "noc@example.org", connect: "tcpsyn" },
      page: "https://example.org/scan",
    },
  );
});

Deno.test("shares, bandwidths and single ports are read", async () => {
  assertObjectMatch(await requested(...LIST, "--max-targets", "0.5%"), {
    input: "list.txt",
    maxTargets: undefined,
    maxPercent: 0.5,
  });
  for (
    const [text, bandwidth] of [["9600", 9600], ["500K", 500_000], ["1.5m", 1_500_000], [
      "1G",
      1e9,
    ]] as const
  ) {
    assertEquals((await requested(...LIST, "--bandwidth", text)).bandwidth, bandwidth);
  }
  assertEquals((await requested(...LIST, "--source-port", "40000")).sourcePorts, {
    first: 40_000,
    last: 40_000,
  });
  assertEquals((await requested(...LIST, "--no-confirm")).confirm, false);
  assertEquals((await requested(...LIST, "--zmap-fields")).outputFlows, true);
});

Deno.test("what of a scan's options cannot be is said in a sentence", async () => {
  const cases: readonly (readonly [readonly string[], string])[] = [
    [["-p", "0"], "--port must be ports from 1 to 65535, not 0"],
    [["-p", "80,65536"], "--port must be ports from 1 to 65535, not 65536"],
    [["-p", "80,"], '--port must be ports such as 80, 80,443 or 8000-8010, not ""'],
    [["-p", "http"], '--port must be ports such as 80, 80,443 or 8000-8010, not "http"'],
    [["-p", "90-80"], "--port 90-80 ends before it begins; give 80-90"],
    [["-p", "80,443,80"], "--port names port 80 twice; name each port once"],
    [["-p", "70-90,85-95"], "--port names port 85 twice; name each port once"],
    [["--source-port", "1-65536"], "--source-port must be ports from 1 to 65535, not 65536"],
    [["--source-ip", "192.0.2.1,"], "--source-ip has nothing before or behind a comma: 192.0.2.1,"],
    [["--source-ip", "::1,::1"], "--source-ip names ::1 twice; name it once"],
    [["--rate", "5", "--bandwidth", "1M"], "--rate and --bandwidth exclude each other; give one"],
    [
      ["--bandwidth", "fast"],
      "--bandwidth must be bits a second such as 500K, 10M or 1G, not fast",
    ],
    [["--max-targets", "0"], "--max-targets must be a number such as 1000, or 0.5%, not 0"],
    [["--max-targets", "1.5"], "--max-targets must be a number such as 1000, or 0.5%, not 1.5"],
    [["--max-targets", "0%"], "--max-targets must be more than 0 % and 100 % at most, not 0%"],
    [["--max-targets", "101%"], "--max-targets must be more than 0 % and 100 % at most, not 101%"],
    [["--confirm", "--no-confirm"], "--confirm and --no-confirm exclude each other; give one"],
    [
      ["--no-confirm", "--confirm-rate", "5"],
      "--no-confirm confirms nothing: leave out --confirm-rate",
    ],
    [
      ["--page", "example.org"],
      "--page must be a URL such as https://example.org/scan, not example.org",
    ],
    [
      ["--page", "ftp://example.org/"],
      "--page must be a URL such as https://example.org/scan, not ftp://example.org/",
    ],
  ];
  for (const [args, message] of cases) {
    const invocation = await read(...LIST, ...args);
    const { message: said } = assertThrows(() => scanRequestOf(invocation), UsageError);
    assertEquals(said, message, args.join(" "));
  }
});

Deno.test("outputs of a scan that do not go together are told in a sentence", async () => {
  const file = ["--output", "r.ndjson"];
  const resumed = ["--resume", ...file];
  const cases: readonly (readonly [readonly string[], string])[] = [
    [
      ["--json"],
      "--json writes to standard output, where the results go: name a file with --output",
    ],
    [
      ["--zmap-fields", "--output-flows"],
      "--zmap-fields has no place for the records of --output-flows; leave one out",
    ],
    [
      ["--output-format", "parquet"],
      "--output-format parquet is nothing that a terminal can show: name a file with --output",
    ],
    [
      [...resumed, "--output-format", "csv"],
      "--resume goes on behind lines of JSON as scan writes them itself: leave out --output-format",
    ],
    [
      [...resumed, "--zmap-fields"],
      "--resume goes on behind lines of JSON as scan writes them itself: leave out --zmap-fields",
    ],
    [
      [...resumed, "--dry-run"],
      "--resume goes on with a scan, and --dry-run sends nothing; leave one out",
    ],
    [
      [...file, "--metadata-file", "./r.ndjson"],
      "--output and --metadata-file go to the same place; name another file",
    ],
    [
      ["--status-updates-file", "-"],
      "--output and --status-updates-file go to the same place; name another file",
    ],
    [
      [...file, "--manifest", "m", "--metadata-file", "m"],
      "--manifest and --metadata-file go to the same place; name another file",
    ],
    [
      [...file, "--metadata-file", "r.ndjson.manifest.json"],
      "--manifest and --metadata-file go to the same place; name another file",
    ],
    [
      [...file, "--metadata-file", "./r.ndjson.confirm"],
      "--metadata-file ./r.ndjson.confirm is where targets wait to be measured; name another file",
    ],
  ];
  const terminal = { ...PROCESS_STREAMS.stdout, isTerminal: () => true };
  for (const [args, message] of cases) {
    const { options } = await read(...LIST, ...args);
    const { message: said } = assertThrows(() => checkOutputs(options, terminal), UsageError);
    assertEquals(said, message, args.join(" "));
  }
  for (
    const args of [
      [...file, "--json", "--output-format", "parquet", "--zmap-fields"],
      ["--dry-run", "--json"],
      [...resumed],
      [...file, "--status-updates-file", "/dev/null", "--metadata-file", "/dev/null"],
    ]
  ) {
    checkOutputs((await read(...LIST, ...args)).options, terminal);
  }
});

Deno.test("numbers out of their range are told with it", async () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["rate", "-1", "a number from 0 to 100000000"],
    ["shards", "0", "a whole number from 1 to 65535"],
    ["cooldown", "0", "a number from 0.1 to 600"],
    ["probes", "17", "a whole number from 1 to 16"],
    ["min-hitrate", "2", "a number from 0 to 1"],
    ["output-format", "xml", "one of ndjson, csv, parquet"],
  ];
  for (const [name, value, what] of cases) {
    const error = await read(...LIST, `--${name}=${value}`).then(() => null, (error) => error);
    assertEquals(error?.message, `--${name} must be ${what}, not ${value}`);
  }
});

Deno.test("fields of a scan's request are named as its options are", () => {
  const error = requestError`${field("sources")}, ${field("cooldownMs")}, ${field("ports", 80)}, ${
    field("confirmRate")
  }`;
  assertEquals(
    error.named(scanFlagOf),
    "--source-ip, --cooldown, --port 80, --confirm-rate",
  );
});

Deno.test("the examples of the command and of its page of the manual are command lines", async () => {
  const page = Deno.readTextFileSync(new URL("../../src/scan/scanning.md", import.meta.url));
  const shown = [...page.matchAll(/^(?:\$ )?(spider scan .*)$/gm)].map(([, line = ""]) => line);
  const lines = [...scan.examples.map(({ line }) => line), ...shown];
  assert(lines.length >= 9);
  for (const line of lines) {
    const [, , spider = "", ...args] = line.split(" ");
    const parsed = await parse(scan, [spider, ...args], PROCESS_STREAMS);
    if (parsed.help) throw new Error(`${line}: no help was asked for`);
    const invocation = await parsed.invocation as ScanInvocation;
    scanRequestOf(invocation);
    checkOutputs(invocation.options, PROCESS_STREAMS.stdout);
  }
});

Deno.test("the page of the manual has every kind of output, column and form", () => {
  const page = Deno.readTextFileSync(new URL("../../src/scan/scanning.md", import.meta.url));
  const columns = [...ownTable(true).fields, ...zmapTable.fields].map(({ name }) => name);
  for (const name of [...columns, ...TABLE_FORMS, ...STATUS_COLUMNS]) {
    const said = name.replace(/^(recv-success|recv|sendto-fail)(-total)?-(last|avg).*/, "$1-total");
    assert(new RegExp(`[\`,]${said}[\`,]`).test(page), name);
  }
  for (const kind of KINDS) assertStringIncludes(page, `\n| \`${kind}\` `);
  for (const option of Object.keys(scan.options).filter((name) => !(name in pluginOptions))) {
    assert(page.includes(option) || SAID_BY_HELP.has(option), `--${option}`);
  }
});

/** Options of which help says all there is to say. */
const SAID_BY_HELP: ReadonlySet<string> = new Set(["manifest", "verbose"]);
