import { assertEquals } from "@std/assert";
import type { TesterOutcome, TesterRun } from "../../../src/contract/service.ts";
import { loadBundled } from "../../../src/plugin/bundled.ts";
import { outcomeOf } from "../../../src/plugin/outcome_of.ts";
import * as said from "./outputs.ts";

/** What a run of a tester shows. */
async function outcome(name: string, run: Partial<TesterRun>): Promise<TesterOutcome> {
  const tester = (await loadBundled("service", name))!;
  return outcomeOf(tester, { status: 0, stdout: "", stderr: "", late: false, files: {}, ...run });
}

/** The conditions of a run. */
async function conditions(name: string, run: Partial<TesterRun>): Promise<readonly string[]> {
  return (await outcome(name, run)).conditions;
}

Deno.test("curl succeeds with the page in the version that was asked for, and says what else was", async () => {
  assertEquals(await outcome("curl", { stdout: said.CURL_2 }), {
    conditions: ["curl.request.succeeded"],
    metrics: {
      seconds: 0.004723,
      connect_seconds: 0.000211,
      tls_seconds: 0.003977 - 0.000211,
      first_octet_seconds: 0.004355,
      octets: 51,
      octets_per_second: 51 / 0.004723,
    },
  });
  const failed = "curl.request.failed";
  assertEquals(await conditions("curl", { stdout: said.CURL_OTHER }), [
    failed,
    "curl.version.other",
  ]);
  assertEquals(await conditions("curl", { stdout: said.CURL_2.replace('"200"', '"404"') }), [
    failed,
  ]);
  assertEquals(await outcome("curl", { status: 7, stdout: said.CURL_REFUSED }), {
    conditions: [failed, "curl.connection.failed"],
    metrics: {},
  });
  assertEquals(await conditions("curl", { status: 28, stdout: said.CURL_REFUSED }), [
    ...[failed, "curl.request.late", "curl.connection.failed"],
  ]);
  assertEquals(await conditions("curl", { status: 35, stdout: said.CURL_TLS }), [
    ...[failed, "curl.tls.failed"],
  ]);
  assertEquals(await conditions("curl", { status: 143, late: true }), [
    ...[failed, "curl.request.late"],
  ]);
});

Deno.test("h2load tells all answers from some and none", async () => {
  assertEquals(await outcome("h2load", { stdout: said.H2LOAD_ALL }), {
    conditions: ["h2load.requests.all"],
    metrics: {
      requests: 20,
      answers: 20,
      seconds: 1.44 * 1e-3,
      answers_per_second: 20 / (1.44 * 1e-3),
      answer_seconds: 60 * 1e-6,
      octets: 3060,
    },
  });
  const some = said.H2LOAD_ALL.replace("20 succeeded", "7 succeeded");
  assertEquals(await conditions("h2load", { stdout: some }), ["h2load.requests.some"]);
  assertEquals(await outcome("h2load", { stdout: said.H2LOAD_NONE }), {
    conditions: ["h2load.requests.none"],
    metrics: { requests: 20, answers: 0 },
  });
  assertEquals(await conditions("h2load", { late: true }), ["h2load.requests.none"]);
});

Deno.test("dnsperf tells all answers from some and none, and good ones from others", async () => {
  assertEquals(await outcome("dnsperf", { stdout: said.DNSPERF_ALL }), {
    conditions: ["dnsperf.queries.all", "dnsperf.answers.good"],
    metrics: {
      queries: 100,
      answers: 100,
      seconds: 0.05,
      answers_per_second: 2000,
      answer_seconds: 0.001221,
    },
  });
  const mixed = said.DNSPERF_ALL.replace("100 (100.00%)", "99 (99.00%)")
    .replace("NOERROR 100 (100.00%)", "NOERROR 98 (98.99%), SERVFAIL 1 (1.01%)");
  assertEquals(await conditions("dnsperf", { stdout: mixed }), [
    ...["dnsperf.queries.some", "dnsperf.answers.bad"],
  ]);
  assertEquals(await outcome("dnsperf", { stdout: said.DNSPERF_NONE }), {
    conditions: ["dnsperf.queries.none"],
    metrics: { queries: 30, answers: 0 },
  });
  const crashed = { status: 134, stdout: "[Status] Sending queries (to 127.0.0.1:82)\n" };
  assertEquals(await conditions("dnsperf", crashed), ["dnsperf.queries.none"]);
});

Deno.test("iperf3 succeeds when data went through, and names a server that is busy", async () => {
  assertEquals(await outcome("iperf3", { stdout: said.IPERF3_TCP }), {
    conditions: ["iperf3.transfer.succeeded"],
    metrics: {
      seconds: 2,
      octets: 1222901760,
      octets_per_second: 611450880,
      retransmissions: 3,
    },
  });
  assertEquals((await outcome("iperf3", { stdout: said.IPERF3_UDP })).metrics, {
    seconds: 1,
    octets: 1146880,
    octets_per_second: 1146880,
    packets: 39,
    lost_packets: 4,
    jitter_seconds: 0.0015,
  });
  const failed = "iperf3.transfer.failed";
  const lost = said.IPERF3_UDP.replaceAll('"lost_packets":4', '"lost_packets":39');
  assertEquals(await conditions("iperf3", { stdout: lost }), [failed]);
  assertEquals(await conditions("iperf3", { stdout: said.IPERF3_REFUSED }), [failed]);
  assertEquals(await conditions("iperf3", { status: 143, stdout: "{", late: true }), [failed]);
  const busy = JSON.stringify({
    end: {},
    error: "error - the server is busy running a test. try again later",
  });
  assertEquals(await conditions("iperf3", { stdout: busy }), [failed, "iperf3.server.busy"]);
});

Deno.test("ngtcp2-client says what it saw of ECN, whatever became of the request", async () => {
  assertEquals(await outcome("ngtcp2-client", { stderr: said.NGTCP2_ECN }), {
    conditions: [
      "ngtcp2-client.handshake.completed",
      "ngtcp2-client.request.succeeded",
      "ngtcp2-client.ecn.validated",
    ],
    metrics: { handshake_seconds: 0.004, seconds: 0.025 },
  });
  assertEquals(await conditions("ngtcp2-client", { stderr: said.NGTCP2_CE }), [
    "ngtcp2-client.handshake.completed",
    "ngtcp2-client.request.failed",
    "ngtcp2-client.ecn.failed",
    "ngtcp2-client.ecn.ce",
  ]);
  const counted = said.NGTCP2_ECN.replace("ce=0", "ce=12");
  assertEquals(
    (await conditions("ngtcp2-client", { stderr: counted })).at(-1),
    "ngtcp2-client.ecn.ce",
  );
  assertEquals(await outcome("ngtcp2-client", { status: 1, stderr: said.NGTCP2_SILENCE }), {
    conditions: ["ngtcp2-client.handshake.failed", "ngtcp2-client.request.failed"],
    metrics: {},
  });
});

Deno.test("aria2-leech tells the address that is tested from others", async () => {
  const files = {
    "leech.log": said.ARIA2_LOG,
    target: "::1",
    "content.torrent": "d4:infod6:lengthi1048576e4:name7:contente",
  };
  assertEquals(await outcome("aria2-leech", { files }), {
    conditions: ["aria2-leech.download.completed", "aria2-leech.peer.tested"],
    metrics: { seconds: 0.5, octets: 1048576, octets_per_second: 2097152 },
  });
  const other = { files: { ...files, target: "::2" } };
  assertEquals((await conditions("aria2-leech", other))[1], "aria2-leech.peer.other");
  const alone = said.ARIA2_LOG.split("\n").slice(0, 2).join("\n");
  assertEquals(
    await outcome("aria2-leech", { status: 7, files: { ...files, "leech.log": alone } }),
    { conditions: ["aria2-leech.download.failed", "aria2-leech.peer.none"], metrics: {} },
  );
});
