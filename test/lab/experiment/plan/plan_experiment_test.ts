import { assert, assertEquals, assertRejects } from "@std/assert";
import { FileFaults } from "../../../../src/lab/file/yaml.ts";
import { describedPlan } from "../../../../src/lab/experiment/plan/described_plan.ts";
import { planExperiment } from "../../../../src/lab/experiment/plan/plan_experiment.ts";

/** What is wrong with the file of an experiment: lines and sentences. */
async function faultsOf(text: string): Promise<(readonly [number, string])[]> {
  const error = await assertRejects(() => planExperiment(text, "x.yaml"), FileFaults);
  return (error as FileFaults).faults
    .toSorted((a, b) => a.line - b.line || a.column - b.column)
    .map(({ line, text }) => [line, text]);
}

const TEST = `name: x
tests:
  - name: t
    services:
      web: { implementation: nginx, protocol: { name: http, version: "1.1" } }
      ecn: { implementation: ecn, protocol: { name: http, target: web } }
`;

Deno.test("everything wrong in a file is reported at once, each with its line and what was meant", async () => {
  assertEquals(
    await faultsOf(`name: x
tests:
  - name: t
    services:
      web: { implementation: ngnix }
      ecn: { implementation: ecn, protocl: http }
    steps: [start, mesure]
`),
    [
      [6, "unknown key protocl; did you mean protocol?"],
      [7, "unknown key mesure; did you mean measure?"],
      [
        7,
        "tests.0.steps.1 must be one of start, wait-ready, measure, trace, locate, exec, sleep, stop",
      ],
    ],
  );
  assertEquals(
    await faultsOf(`${TEST}      dns: { implementation: dnsmask }
    matrix: { middlebox: [ecn-claer, "mss-clamp:x"], ip: [4] }
    steps: [start, { measure: { service: enc } }, { exec: { command: date, host: clinet } }]
    expect:
      - when: { middelbox: ecn-clear }
        must: [ecn.connectivity.works]
      - must: [ecn.connectivity.work]
`),
    [
      [7, "unknown service or spider dnsmask; did you mean dnsmasq?"],
      [8, "unknown middlebox ecn-claer; did you mean ecn-clear?"],
      [8, "mss-clamp wants a whole number from 64 to 65535 behind a colon: octets"],
      [9, "unknown tester enc; did you mean ecn?"],
      [9, "unknown host clinet; did you mean client?"],
      [11, "unknown part of the matrix middelbox; did you mean middlebox?"],
      [13, "unknown condition ecn.connectivity.work; did you mean ecn.connectivity.works?"],
    ],
  );
});

Deno.test("conditions that a spider cannot give with its options are faults", async () => {
  const test = (options: string, condition: string) =>
    `${TEST}      dscp: { implementation: dscp, protocol: { name: tcp, target: web }${options} }
    matrix: { middlebox: [dscp-clear], ip: [4] }
    iterations: { parameter_sets: [{ mark: 46 }] }
    expect: [{ service: dscp, must: ["${condition}"] }]
`;
  const marks = ", options: { codepoint: [46, 1] }";
  assertEquals(await faultsOf(test("", "dscp.46.connectivity.works")), [
    [10, "dscp gives no dscp.46.connectivity.works: its options have codepoint 48"],
  ]);
  assertEquals(await faultsOf(test(marks, "dscp.48.replymark:0")), [
    [10, "dscp gives no dscp.48.replymark:0: its options have codepoint 46, 1"],
  ]);
  assertEquals(await faultsOf(test("", "dscp.${mark}.connectivity.works")), [
    [10, "dscp gives no dscp.46.connectivity.works: its options have codepoint 48"],
  ]);
  assertEquals(await faultsOf(test("", "dscp.48.conectivity.works")), [
    [10, "unknown condition dscp.48.conectivity.works; did you mean dscp.48.connectivity.works?"],
  ]);
  const located = test("", "dscp.48.changed_at:1-2");
  assertEquals((await faultsOf(located)).map(([line, text]) => [line, text.split(":")[0]]), [
    [10, "dscp.48.changed_at"],
  ]);
  const step = "steps: [start, wait-ready, { measure: { options: [--locate] } }, stop]";
  await planExperiment(`${located}    ${step}\n`, "x.yaml");
  const told = `steps: [{ measure: { service: dscp, options: [--codepoint, "46"] } }]`;
  assertEquals(await faultsOf(`${test("", "dscp.48.replymark:0")}    ${told}\n`), [
    [11, "codepoint is an option of dscp itself: give it in that one's options"],
  ]);
  for (
    const [options, condition] of [
      ["", "dscp.48.replymark:0"],
      ["", "dscp.0.replymark:0"],
      [marks, "dscp.1.connectivity.broken"],
      [", options: { codepoint: 7 }", "dscp.7.connectivity.broken"],
      [", options: { codepoint: ['${mark}'] }", "dscp.${mark}.connectivity.works"],
    ] as const
  ) await planExperiment(test(options, condition), "x.yaml");
});

Deno.test("values of options are checked with their bounds, each at its place", async () => {
  const test = (options: string) =>
    `${TEST}      dscp:
        implementation: dscp
        protocol: { name: tcp, target: web }
        options:
          ${options}
`;
  for (
    const [options, problem] of [
      ["codepoint: [46, 99]", "codepoint must be a whole number from 0 to 63"],
      ["codepoint: 4.5", "codepoint must be a whole number from 0 to 63"],
      ['codepoint: "46"', "codepoint must be a whole number from 0 to 63"],
      ["codepoint: []", "codepoint must have a value"],
      ["codepiont: 46", '"codepiont" is not known; there is codepoint'],
    ] as const
  ) assertEquals(await faultsOf(test(options)), [[11, `dscp: ${problem}`]]);
});

Deno.test("what follows from a fault is not said once more", async () => {
  assertEquals(
    await faultsOf(
      `${TEST}      curl: { implementation: curl, protocol: { name: htp, target: web } }
    matrix: { middlebox: [dscp-dorp, ecn-clear], ip: [4] }
    steps: [start, { locate: { to: web, feature: dscp } }]
    expect:
      - when: { middlebox: dscp-drop }
        must: [ecn.connectivity.works]
      - service: curl
        must: [curl.request.succeeded]
      - must: [curl.request.succeeded]
`,
    ),
    [
      [7, "curl speaks tls, http, not htp"],
      [8, "unknown middlebox dscp-dorp; did you mean dscp-drop?"],
      [9, '"dscp" needs a codepoint from 1 to 63, as dscp:46'],
    ],
  );
});

Deno.test("services that wait for each other are named as the circle that they are", async () => {
  assertEquals(
    await faultsOf(`name: x
tests:
  - name: t
    services:
      a: { implementation: lighttpd, ports: 8080, depends_on: [b] }
      b: { implementation: lighttpd, ports: 8081, depends_on: [c] }
      c: { implementation: lighttpd, ports: 8082, depends_on: [a] }
    steps: [start]
`),
    [[5, "services wait for each other: a depends on b depends on c depends on a"]],
  );
});

Deno.test("what cannot speak with each other, or wants one port twice, is refused", async () => {
  assertEquals(
    await faultsOf(`name: x
tests:
  - name: t
    services:
      web: { implementation: nginx, protocol: { name: http, version: "1.1" } }
      more: { implementation: lighttpd, protocol: { name: http, version: "1.1" } }
      zero: { implementation: udpzero, protocol: { name: dnsudp, target: web } }
      ecn: { implementation: ecn, protocol: { name: gopher, target: web } }
`),
    [
      [6, "web has port 80 of tcp on server already"],
      [7, "udpzero speaks dnsudp, and nginx http 1.1: they have nothing in common"],
      [
        8,
        "the spider ecn connects by tcp, http, https, dnstcp: name one of these as protocol, not gopher",
      ],
    ],
  );
});

Deno.test("places that differ in middlebox and IP version share a network, each behind its prefix", async () => {
  const plan = describedPlan(
    await planExperiment(
      `${TEST}    targets: 3
    matrix: { middlebox: [transparent, ecn-clear, "mpls:100"], ip: [4, 6] }
`,
      "x.yaml",
    ),
  );
  // MPLS labels are those of the whole router
  assertEquals(plan.networks.map(({ tests }) => tests.map(({ id }) => id)), [
    [
      "t[middlebox=transparent,ip=4]",
      "t[middlebox=transparent,ip=6]",
      "t[middlebox=ecn-clear,ip=4]",
      "t[middlebox=ecn-clear,ip=6]",
    ],
    ["t[middlebox=mpls:100,ip=4]", "t[middlebox=mpls:100,ip=6]"],
  ]);
  const [first] = plan.networks;
  const addresses = first!.tests.flatMap(({ targets }) => Object.values(targets).flat());
  assertEquals(new Set(addresses).size, 12);
  assertEquals(addresses.slice(6, 9), ["10.20.0.17", "10.20.0.18", "10.20.0.19"]);
  const router = first!.nodes.find(({ role }) => role === "router");
  assertEquals(router?.middleboxes, [
    "ecn-clear to 10.20.0.16/29, fd53:20::10/125",
    "ecn-clear to 10.20.0.24/29, fd53:20::18/125",
  ]);
});

Deno.test("a middlebox of the matrix meets what it is told to, behind its place's prefix", async () => {
  const plan = describedPlan(
    await planExperiment(
      `${TEST}    matrix:
      middlebox:
        - { name: back, middlebox: option-strip, value: 8, direction: reverse, probability: 50% }
        - { name: dns, middlebox: drop, port: 53 }
`,
      "x.yaml",
    ),
  );
  const router = plan.networks[0]!.nodes.find(({ role }) => role === "router");
  assertEquals(router?.middleboxes, [
    "option-strip:8 to 10.20.0.0/30, fd53:20::/126, direction reverse, probability 0.5",
    "drop to 10.20.0.4/30, fd53:20::4/126, port 53",
  ]);
  assertEquals(
    await faultsOf(`${TEST}    matrix:
      middlebox:
        - { name: a, middlebox: drop, to: 10.20.0.0/16 }
        - { name: b, middlebox: drop, ports: 5 }
`),
    [[10, "unknown key ports; did you mean port?"]],
  );
  assertEquals(
    await faultsOf(`${TEST}    matrix:
      middlebox:
        - { name: a, middlebox: drop, to: 10.20.0.0/16 }
`),
    [[9, "each place of the matrix has a prefix of its own: leave to out"]],
  );
});

Deno.test("a spider that measures names wants a domain, and is told which server to ask", async () => {
  const text = (domain: string) =>
    `name: x
tests:
  - name: t
    ${domain}
    services:
      server: { implementation: unbound }
      names: { implementation: dnsresolv, protocol: { name: dnsudp, target: server } }
`;
  assertEquals(await faultsOf(text("description: no domain")), [
    [7, "dnsresolv measures names: give the test a domain"],
  ]);
  const { networks: [network] } = describedPlan(
    await planExperiment(text("domain: a.example"), "x.yaml"),
  );
  assertEquals(
    network!.testers[0]!.runs,
    "spider measure --connect dnsudp dnsresolv --results --resolver=TARGET",
  );
});

Deno.test("a topology of its own keeps the places of what is wrong in it", async () => {
  assertEquals(
    await faultsOf(`${TEST}    network_environment:
      topology:
        hosts: { client: {}, server: {} }
        routers: { r: { middleboxes: [ecn-claer] } }
        links: [[client, r], [r, servr]]
`),
    [
      [9, "there is no way from client to server"],
      [10, "unknown middlebox ecn-claer; did you mean ecn-clear?"],
      [11, "unknown host or router servr; did you mean server?"],
    ],
  );
});

Deno.test("values that stand for nothing are named", async () => {
  const faults = await faultsOf(`${TEST}    pre_commands: [{ command: "echo \${sise}" }]
    iterations: { parameter_sets: [{ size: 1 }] }
`);
  assertEquals(faults, [[3, "${sise} stands for nothing: there is size"]]);
});

Deno.test("aliases that explode and what is no YAML are refused with their place", async () => {
  const lines = Array.from(
    { length: 12 },
    (_, at) =>
      `a${at}: &a${at} [${Array.from({ length: 10 }, () => at === 0 ? "x" : `*a${at - 1}`)}]`,
  );
  const [[, text] = []] = await faultsOf(`${lines.join("\n")}\n`);
  assert(text?.includes("more than 100000 values"), text);
  assertEquals((await faultsOf("name: [x\n")).length > 0, true);
});

Deno.test("a service in a container wants an image", async () => {
  assertEquals(await faultsOf(`${TEST}    network_environment: podman\n`), [[
    5,
    "podman runs services in containers: name an image, or the folder of a root file system, with image",
  ]]);
});

Deno.test("places that the matrix does not have are faults, and so is what holds nowhere", async () => {
  assertEquals(
    await faultsOf(
      `${TEST}    matrix: { middlebox: [drop, ecn-clear], ip: [4], exclude: [{ ip: 6 }] }
    expect:
      - { when: { middlebox: ecn-claer }, must: [ecn.connectivity.works] }
      - { when: { ip: "4" }, must: [ecn.connectivity.works] }
      - {}
`,
    ),
    [
      [7, "unknown value of ip 6; did you mean 4?"],
      [9, "unknown value of middlebox ecn-claer; did you mean ecn-clear?"],
      [10, "ip is a number in the matrix"],
      [11, "says nothing: name must, may, must_not or flow"],
    ],
  );
  assertEquals(
    await faultsOf(`${TEST}    matrix: { middlebox: [drop, drop] }\n`),
    [[7, "there is t[middlebox=drop] more than once"]],
  );
});

Deno.test("a tester meets each of its targets at that one's port, with TLS where it wants it", async () => {
  const two = `name: x
tests:
  - name: t
    services:
      a: { implementation: nginx, protocol: { name: http, version: "1.1" } }
      b: { implementation: nginx, ports: 8080, protocol: { name: http, version: "1.1" } }
      ecn: { implementation: ecn, protocol: { name: http, target: [a, b] } }
`;
  const { groups } = await planExperiment(two, "x.yaml");
  assertEquals(
    groups[0]!.testers[0]!.targets.map(({ service, port: { port } }) => [service, port]),
    [["a", 80], ["b", 8080]],
  );
  assertEquals(await faultsOf(two.replace("name: http, target", "name: https, target")), [
    [7, "ecn speaks https, and nginx http 1.1: they have nothing in common"],
  ]);
});

Deno.test("with several spiders each expectation is about those that know its conditions", async () => {
  const { groups } = await planExperiment(
    `name: x
tests:
  - name: t
    services:
      web: { implementation: nginx }
      probe: { type: tester }
    matrix: { spider: [tfo, ecn] }
    expect:
      - { when: { spider: tfo }, must: [tfo.connectivity.works] }
      - { when: { spider: ecn }, must: [ecn.connectivity.works] }
`,
    "x.yaml",
  );
  assertEquals(
    groups.flatMap(({ cells }) => cells).map(({ id, expectations }) => [
      id,
      ...expectations.flatMap(({ must }) => must),
    ]),
    [["t[spider=tfo]", "tfo.connectivity.works"], ["t[spider=ecn]", "ecn.connectivity.works"]],
  );
});

Deno.test("what an environment does not have is reported before anything is done", async () => {
  assertEquals(
    await faultsOf(`${TEST}    network_environment: localhost
    targets: 4
`),
    [
      [6, "a spider measures paths, and localhost has none: take netns"],
      [8, "localhost has one address of each IP version"],
    ],
  );
  assertEquals(
    await faultsOf(`${TEST}    network_environment:
      topology:
        hosts: { client: , server: { services: [unbound] } }
        routers: { r: }
        links: [[client, r], [r, server]]
`),
    [[9, "services of an experiment stand under services, each with its host, not on server"]],
  );
});
