/** What `spider experiment plan` says of a plan: everything that the file has told. */
import { assertEquals } from "@std/assert";
import { inProcess } from "../../../in_process.ts";

const EXPERIMENT = `name: x
tests:
  - name: t
    domain: a.example
    continue_on_failure: true
    network_environment:
      topology:
        hosts:
          client:
          server: { serves: [10.20.0.0/24], sysctls: { net.ipv4.tcp_reflect_tos: 1 } }
        routers: { edge: { sysctls: { net.ipv4.ip_default_ttl: 32 } }, core: }
        links:
          - { between: [client, edge], rate: 800kbit, mtu: 1400 }
          - { between: [edge, core], delay: 10ms, jitter: 2ms, loss: 0.3% }
          - [core, server]
          - { between: [edge, core], tunnel: true }
    services:
      web: { implementation: nginx, protocol: { name: http, version: "1.1" }, options: { text: hi } }
      ecn: { implementation: ecn, protocol: { name: http, target: web }, timeout: 9s }
      curl: { implementation: curl, protocol: { name: http, target: web }, options: { path: /a } }
    execution_environment: [{ type: strace, options: { calls: "%network" } }]
    pre_commands:
      - { host: server, command: "echo 1 > /dev/null", timeout: 5s }
      - { command: [echo, here] }
    post_commands: [{ host: client, command: date }]
    steps:
      - start
      - wait-ready: { services: [web] }
      - exec: { host: server, command: "exit 3", status: 3, timeout: 2s }
      - exec: { command: date }
      - trace: { to: web, from: client }
      - locate: { to: web, feature: ecn, options: [--port, "80"] }
      - sleep: 1.5s
      - measure: { service: ecn, options: [--locate] }
      - measure
      - stop
    expect:
      - must: [ecn.connectivity.works]
        tolerance: 10%
      - service: ecn
        must: [ecn.negotiation.succeeded]
        may: []
        flow: { ecn.ecn_ect0_data_rev: false }
      - service: curl
        must: [curl.request.succeeded]
        may: [curl.version.other]
        must_not: [curl.request.failed]
      - service: curl
        may: []
`;

async function plan(text: string, ...words: string[]): Promise<string> {
  const { code, out, err } = await inProcess(["experiment", "plan", ...words, "-"], {
    input: text,
  });
  assertEquals([code, err], [0, ""]);
  return out;
}

Deno.test("the lines of a plan leave out nothing that the file says", async () => {
  assertEquals(
    await plan(EXPERIMENT),
    `x: 1 test in 1 network, 2 side by side

network 1: t in netns, at most 300 s, goes on after a step that failed
  domain a.example
  host client
  host server serves 10.20.0.0/24
    net.ipv4.tcp_reflect_tos = 1
  router edge
    net.ipv4.ip_default_ttl = 32
  router core
  link client to edge: 0.8 Mbit/s, MTU 1400
  link edge to core: 10 ± 2 ms, 0.3 % lost
  link core to server
  link edge to core: tunnel, MTU 1480
  service web: nginx on server, http 1.1 on tcp 80, ready within 20 s, text hi
  strace wraps web, calls %network
  tester ecn on client tests web (http 1.1, port 80) within 9 s: spider measure --connect http ecn
  tester curl on client tests web (http 1.1, port 80) within 240 s: curl (curl), path /a
  before, on server, at most 5 s: echo 1 > /dev/null
  before, on this machine, at most 60 s: echo here
  step 1: start
  step 2: wait-ready services web
  step 3: exec with status 3 on server, at most 2 s: exit 3
  step 4: exec on this machine, at most 60 s: date
  step 5: trace from client, to web
  step 6: locate feature ecn, to web, options --port 80
  step 7: sleep seconds 1.5
  step 8: measure service ecn, options --locate
  step 9: measure
  step 10: stop
  after, on client, at most 60 s: date
  test t: 10.20.0.1
    must ecn.connectivity.works, except in 10 % of the results
    of ecn: must ecn.negotiation.succeeded
    of ecn: nothing but ecn.negotiation.succeeded
    of ecn: flow ecn.ecn_ect0_data_rev false
    of curl: must curl.request.succeeded
    of curl: must not curl.request.failed
    of curl: nothing but curl.request.succeeded, curl.version.other
    of curl: nothing but no condition
`,
  );
});

Deno.test("a plan as JSON has what shapes links, and each expectation apart", async () => {
  const { networks: [network] } = JSON.parse(await plan(EXPERIMENT, "--json"));
  const usual = {
    bits_per_second: null,
    delay_seconds: 0,
    jitter_seconds: 0,
    loss: 0,
    mtu: 1500,
    tunnel: false,
  };
  assertEquals(network.links, [
    { ...usual, between: ["client", "edge"], bits_per_second: 800_000, mtu: 1400 },
    {
      ...usual,
      between: ["edge", "core"],
      delay_seconds: 0.01,
      jitter_seconds: 0.002,
      loss: 0.003,
    },
    { ...usual, between: ["core", "server"] },
    { ...usual, between: ["edge", "core"], mtu: 1480, tunnel: true },
  ]);
  const [client, server, edge] = network.nodes;
  assertEquals([client, server, edge].map(({ sysctls }) => sysctls), [
    {},
    { "net.ipv4.tcp_reflect_tos": "1" },
    { "net.ipv4.ip_default_ttl": "32" },
  ]);
  assertEquals(client.addresses[0], "100.64.0.1");
  assertEquals(client.routes[0], { to: "10.20.0.0/24", via: ["100.64.0.2"] });
  assertEquals(network.before, [
    { host: "server", command: "echo 1 > /dev/null", timeout_seconds: 5 },
    { host: null, command: "echo here", timeout_seconds: 60 },
  ]);
  const nothing = { service: null, must: [], may: null, must_not: [], tolerance: 0, flow: {} };
  assertEquals(network.tests[0].expectations, [
    { ...nothing, must: ["ecn.connectivity.works"], tolerance: 0.1 },
    {
      ...nothing,
      service: "ecn",
      must: ["ecn.negotiation.succeeded"],
      may: [],
      flow: { "ecn.ecn_ect0_data_rev": false },
    },
    {
      ...nothing,
      service: "curl",
      must: ["curl.request.succeeded"],
      may: ["curl.version.other"],
      must_not: ["curl.request.failed"],
    },
    { ...nothing, service: "curl", may: [] },
  ]);
});
