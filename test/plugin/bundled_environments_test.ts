import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import type { EnvironmentTest } from "../../src/contract/plugin_test.ts";
import { bundledNames, loadBundled } from "../../src/plugin/bundled.ts";
import { readValues } from "../../src/plugin/schema/option.ts";
import { playEnvironmentTest } from "../../src/plugin/testing/play_environment.ts";

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
  const { words } = tcpdump.wrap(
    { words: ["server"], variables: {}, service: ["server"] },
    "/a b'c",
    options,
  );
  const script = words[words.indexOf("-c") + 1]!;
  assertStringIncludes(script, `'port 80'\\''; touch x; '\\'''`);
  assertStringIncludes(script, `'/a b'\\''c/packets.pcap'`);
});

/** The profilers that are libraries, each with how it wraps a service behind some words. */
async function profilers() {
  return await Promise.all(["gperf_cpu", "gperf_heap"].map(async (name) => {
    const profiler = (await loadBundled("environment", name))!;
    if (profiler.type !== "execution") throw new Error("it wraps");
    const options = readValues(profiler.options ?? {}, {});
    const wrap = (words: readonly string[]) =>
      profiler.wrap({ words, variables: {}, service: ["server"] }, "/FOLDER", options).words;
    return { name, wrap };
  }));
}

Deno.test("a service has one profiler of gperftools at a time", async () => {
  for (const { wrap } of await profilers()) {
    const words = ["env", "LD_PRELOAD=libprofiler.so.0", "server"];
    assertThrows(() => wrap(words), Error, "one profiler of gperftools at a time");
  }
});

Deno.test("a profiler is put into the service alone, and not into what wraps it", async () => {
  for (const { name, wrap } of await profilers()) {
    const words = wrap(["strace", "--", "server"]);
    const [, , env, library = ""] = words.slice(words.indexOf("strace"));
    assertEquals([env, library.split("=")[0], words.at(-1)], ["env", "LD_PRELOAD", "server"], name);
    assertThrows(() => wrap(["sh", "-c", "exec server"]), Error, "list the profiler first");
  }
});
