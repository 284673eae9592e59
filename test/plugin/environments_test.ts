import { assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import type { EnvironmentTest } from "../../src/contract/plugin_test.ts";
import { bundledNames, loadBundled } from "../../src/plugin/bundled.ts";
import { readValues } from "../../src/plugin/schema/option.ts";
import { playEnvironmentTest } from "../../src/plugin/testing/play_environment.ts";
import { loadTrusted } from "../../src/plugin/trusted.ts";
import { Published } from "./published.ts";

/** An environment as a module. */
function source(members: string, name = "mine"): string {
  return `export default { kind: "environment", name: "${name}", version: "1.0.0", api: "^1",
  summary: "an environment of a test", ${members} };\n`;
}

const WRAPPER = `type: "execution", program: "nice", package: "coreutils",
  wrap: ({ words, variables }, folder) => ({ words: ["nice", "-n", folder, ...words], variables })`;

Deno.test("environments that ship with the program are listed, shown, right and loaded", async () => {
  await using published = new Published({});
  const names = bundledNames("environment");
  const { out } = await published.run(["plugins", "list", "--json"]);
  const listed = JSON.parse(out).filter(({ kind }: { kind: string }) => kind === "environment");
  assertEquals(listed.map(({ name }: { name: string }) => name), names);
  const info = JSON.parse((await published.run(["plugins", "info", "podman", "--json"])).out);
  assertEquals([info.kind, info.type, info.topology], ["environment", "network", "namespaces"]);
  const checked = await published.run(["plugins", "check", ...names]);
  assertEquals(checked.code, 0, checked.err + checked.out);
  const schema = await published.run(["plugins", "schema", "--kind", "environment"]);
  assertEquals(JSON.parse(schema.out).properties.type.enum, ["network", "execution"]);
  for (const name of names) assertEquals((await loadTrusted("environment", name))?.name, name);
  assertEquals(await loadTrusted("environment", "no-such"), undefined);
  assertEquals(await loadTrusted("environment", "nginx"), undefined);
});

Deno.test("what is wrong with an environment has its line", async () => {
  await using published = new Published({});
  const check = async (name: string, members: string) => {
    const path = published.put(`${name}.ts`, source(members, name));
    return await published.run(["plugins", "check", path]);
  };
  const network = await check("one", '\ntype: "network",\nwrap: () => 1,\nstop: "SIGKILL"');
  assertEquals(network.code, 1);
  assertMatch(network.out, /topology is missing: every environment of the type network has it/);
  assertMatch(network.out, /:4: .*wrap is no member of an environment of the type network/);
  assertMatch(network.out, /:5: .*stop must be one of SIGTERM, SIGINT, SIGQUIT/);
  const execution = await check("two", '\ntype: "execution",\nprogram: "nice",\nplace: () => 1');
  assertMatch(execution.out, /wrap is missing/);
  assertMatch(execution.out, /package is missing/);
  assertMatch(execution.out, /:5: .*place is no member of an environment of the type execution/);
  const other = await check("three", '\ntype: "both",\nvalues: 1');
  assertMatch(other.out, /:3: .*type must be one of network, execution/);
  assertMatch(other.out, /:4: .*values is no member of an environment/);
});

Deno.test("tests of an environment look at the words and the summary", async () => {
  await using published = new Published({});
  const path = published.put(
    "mine.ts",
    source(`${WRAPPER}, summarize: ({ files }) => ({ lines: files.log?.length ?? 0, more: "x" })`) +
      `export const tests = [
  { name: "right", command: ["a", "b"], words: ["nice", "/FOLDER", "a"], without: ["c"],
    files: { log: "four" }, summary: { lines: 4, more: "x" } },
  { name: "wrong", words: ["-n", "10"], without: ["server"], files: {}, summary: { lines: 1 } },
];\n`,
  );
  const { code, out } = await published.run(["plugins", "test", path]);
  assertEquals(code, 1);
  assertMatch(out, /^ok {4}right$/m);
  const said = "nice -n /FOLDER server --foreground";
  for (
    const fault of [
      `10 is none of the words ${said}`,
      `server is one of the words ${said}`,
      "the summary: lines is 0, and 1 was expected",
      "the summary: there is more, which was not expected",
    ]
  ) assertStringIncludes(out, fault);
  const network = published.put(
    "network.ts",
    source('type: "network", topology: "host"', "network") +
      'export const tests = [{ name: "a", words: ["server"] }, { name: "b", files: {} }];\n',
  );
  const played = await published.run(["plugins", "test", network]);
  assertMatch(played.out, /^ok {4}a\nFAIL {2}b\n.*sums up no files/m);
  const bad = published.put(
    "bad.ts",
    source(WRAPPER, "bad") +
      'export const tests = [{ name: "a", command: [], placing: { hosts: 1 } }];\n',
  );
  const checked = await published.run(["plugins", "check", bad]);
  assertStringIncludes(checked.out, "tests.0.command must name a program");
  assertStringIncludes(checked.out, "tests.0.placing.hosts is not known here");
});

Deno.test("an environment from a URL runs only when it was added with all rights", async () => {
  await using published = new Published({
    "/mine.ts": source(WRAPPER),
    "/strace.ts": source(WRAPPER, "strace"),
  });
  const url = published.url("/mine.ts");
  const checked = await published.run(["plugins", "check", url]);
  assertEquals(checked.code, 0, checked.out);
  const refused = await published.run(["plugins", "add", url, "--trust"]);
  assertStringIncludes(refused.err, "it has commands that run with all rights in experiments");
  const added = await published.run(["plugins", "add", url, "--trust", "--allow"]);
  assertEquals(added.code, 0, added.err);
  assertStringIncludes(added.err, "runs: nice of the package coreutils");
  assertStringIncludes(added.err, "functions: wrap");
  assertStringIncludes(
    (await published.run(["measure", url])).err,
    "is an environment, and no spider",
  );
  const borrowed = await published.run(
    ["plugins", "add", published.url("/strace.ts"), "--trust", "--allow"],
  );
  assertStringIncludes(borrowed.err, "its name strace is taken by what ships with the program");
});

/** What must come of each environment that ships with the program. */
const TESTS: Readonly<Record<string, readonly EnvironmentTest[]>> = {
  netns: [{ name: "the command as it is", words: ["server"] }],
  localhost: [{ name: "the command as it is", words: ["server"] }],
  simulated: [{ name: "the command as it is", words: ["server"] }],
  podman: [
    {
      name: "an image, variables, a folder and files to read",
      variables: { A: "b c" },
      placing: { image: "web", reads: ["/key.pem"] },
      words: [
        ...["podman", "--runtime=runc", "--rm", "--pull=never", "--name=NAME"],
        ...["--network=ns:/run/netns/NAMESPACE", "--env=A=b c", "--workdir=/FOLDER", "web"],
        "--mount=type=bind,source=/FOLDER,destination=/FOLDER",
        "--mount=type=bind,source=/key.pem,destination=/key.pem,readonly",
        ...["server", "--foreground"],
      ],
      without: ["--rootfs", "--cap-add=NET_RAW"],
    },
    {
      name: "a root file system, another runtime, and capabilities",
      options: { runtime: "crun", capability: ["NET_RAW"] },
      placing: { image: "/root/of/web" },
      words: ["--runtime=crun", "--cap-add=NET_RAW", "--rootfs", "/root/of/web:O"],
      without: ["--runtime=runc"],
    },
  ],
  strace: [
    {
      name: "all calls, each written",
      words: ["strace", "-C", "/FOLDER/trace", "server"],
      without: ["-e"],
      files: {
        counts: `% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 65.87    0.000193          21         9           mmap
 34.13    0.000100           5         4         3 openat
------ ----------- ----------- --------- --------- ----------------
100.00    0.000293           5        13         3 total
`,
      },
      summary: { calls: 13, errors: 3, seconds: 0.000293, longest: "mmap" },
    },
    {
      name: "some calls, counted alone; no summary of one that was killed",
      options: { calls: "%network", "counts-only": true },
      words: ["-c", "-e", "trace=%network"],
      without: ["-C"],
      files: { trace: "1 socket(AF_INET, SOCK_STREAM, 0) = 3\n" },
      summary: {},
    },
  ],
  memcheck: [
    {
      name: "added over processes, without those that were killed",
      words: ["--tool=memcheck", "--trace-children=yes", "--log-file=/FOLDER/%p.log", "server"],
      without: ["--track-origins=yes"],
      files: {
        "7.log": "==7==    definitely lost: 1,024 bytes in 2 blocks\n" +
          "==7==    indirectly lost: 8 bytes in 1 blocks\n==7==      possibly lost: 0 bytes in 0 blocks\n" +
          "==7== ERROR SUMMARY: 1,002 errors from 2 contexts (suppressed: 0 from 0)\n",
        "8.log": "==8== All heap blocks were freed -- no leaks are possible\n" +
          "==8== ERROR SUMMARY: 0 errors from 0 contexts (suppressed: 0 from 0)\n",
        "9.log": "==9== Memcheck, a memory error detector\n",
      },
      summary: {
        errors: 1002,
        octets_definitely_lost: 1024,
        octets_indirectly_lost: 8,
        octets_possibly_lost: 0,
        processes: 2,
        killed: 1,
      },
    },
    { name: "origins", options: { origins: true }, words: ["--track-origins=yes"] },
  ],
  helgrind: [
    {
      name: "errors",
      words: ["--tool=helgrind", "server"],
      files: { "7.log": "==7== ERROR SUMMARY: 3 errors from 1 contexts (suppressed: 9 from 9)\n" },
      summary: { errors: 3, processes: 1, killed: 0 },
    },
  ],
  gperf_cpu: [
    {
      name: "the service alone is profiled",
      options: { frequency: 250 },
      words: ["LD_PRELOAD=libprofiler.so.0", "CPUPROFILE=/FOLDER/profile", "server"],
      files: {
        functions: "Total: 28 samples\n       9  32.1%  32.1%       28 100.0% Perl_pp_gvsv\n" +
          "       5  17.9%  50.0%        5  17.9% memcpy (inline)\n",
      },
      summary: { samples: 28, busiest: "Perl_pp_gvsv 32.1%" },
    },
    { name: "one that was killed", files: { functions: "", profile: "\0" }, summary: {} },
  ],
  gperf_heap: [
    {
      name: "the last profile of each process counts",
      words: ["LD_PRELOAD=libtcmalloc.so.4", "HEAPPROFILE=/FOLDER/profile", "server"],
      files: {
        "profile.0001.heap": "heap profile:      9:     900 [    90:     9000] @ heapprofile\n",
        "profile.0002.heap": "heap profile:      1:     100 [    95:     9500] @ heapprofile\n",
        "profile_7.0001.heap": "heap profile:      2:      20 [     5:      500] @ heapprofile\n",
      },
      summary: {
        blocks_in_use: 3,
        octets_in_use: 120,
        blocks_allocated: 100,
        octets_allocated: 10_000,
      },
    },
  ],
  tcpdump: [
    {
      name: "the service beside a capture",
      words: ["server", "--foreground"],
      files: {
        said: "12 packets captured\n14 packets received by filter\n1 packet dropped by kernel\n",
      },
      summary: { captured: 12, dropped: 1 },
    },
    { name: "one that was killed", files: { said: "tcpdump: listening on any\n" }, summary: {} },
  ],
  time: [
    {
      name: "seconds and octets",
      words: ["time", "--output=/FOLDER/time", "server"],
      files: {
        time: "Command terminated by signal 15\n\tUser time (seconds): 0.31\n" +
          "\tSystem time (seconds): 0.02\n\tMaximum resident set size (kbytes): 1000\n",
      },
      summary: { user_seconds: 0.31, system_seconds: 0.02, most_resident_octets: 1_024_000 },
    },
    { name: "one that was killed", files: {}, summary: {} },
  ],
};

Deno.test("each environment that ships with the program makes the command, and the summary", async () => {
  assertEquals(Object.keys(TESTS).sort(), [...bundledNames("environment")].sort());
  for (const [name, tests] of Object.entries(TESTS)) {
    const environment = (await loadBundled("environment", name))!;
    assertEquals(environment.name, name);
    for (const test of tests) {
      const options = readValues(environment.options ?? {}, test.options ?? {});
      assertEquals(
        playEnvironmentTest(environment, test, options).faults,
        [],
        `${name}: ${test.name}`,
      );
    }
  }
});

Deno.test("words of a filter or a folder are words to the shell, whatever is in them", async () => {
  const tcpdump = (await loadBundled("environment", "tcpdump"))!;
  if (tcpdump.type !== "execution") throw new Error("it wraps");
  const options = readValues(tcpdump.options ?? {}, { filter: "port 80'; touch x; '" });
  const { words } = tcpdump.wrap({ words: ["server"], variables: {} }, "/a b'c", options);
  assertStringIncludes(words[2]!, `'port 80'\\''; touch x; '\\'''`);
  assertStringIncludes(words[2]!, `'/a b'\\''c/packets.pcap'`);
});

Deno.test("a service has one profiler of gperftools at a time", async () => {
  for (const name of ["gperf_cpu", "gperf_heap"]) {
    const profiler = (await loadBundled("environment", name))!;
    if (profiler.type !== "execution") throw new Error("it wraps");
    const words = ["env", "LD_PRELOAD=libprofiler.so.0", "server"];
    const wrap = () => profiler.wrap({ words, variables: {} }, "/FOLDER", { frequency: 100 });
    assertThrows(wrap, Error, "one profiler of gperftools at a time");
  }
});
