import { assert, assertEquals, assertMatch } from "@std/assert";
import { run as runProgram } from "../../../src/host/run.ts";
import { Folder } from "../../data/temporary.ts";
import { lighttpdRoot } from "../environment/root_file_system.ts";
import { rootTest } from "../root.ts";
import { assertCompleted, run } from "./experiments.ts";

/** A web server and curl, in an environment. */
const curlIn = (environment: string, more = "") =>
  `name: x
tests:
  - name: t
    network_environment: ${environment}
    services:
      web: { implementation: lighttpd, ports: 8099, protocol: { name: http, version: "1.1" }${more} }
      curl: { implementation: curl, protocol: { name: http, version: "1.1", target: web } }
    expect: [{ must: [curl.request.succeeded] }]
`;

Deno.test("localhost runs services and testers on this host", async () => {
  using folder = new Folder();
  const ended = await run(folder, curlIn("localhost"));
  assertCompleted(ended);
  assert(ended.report.tests[0]!.metrics["curl.seconds"]! > 0);
  assertMatch(ended.report.versions.curl ?? "", /^curl \d/);
});

rootTest("podman runs a service in a container of an image, in its host's namespace", async () => {
  using folder = new Folder();
  const image = `spider-test-${crypto.randomUUID().slice(0, 8)}`;
  const root = lighttpdRoot(folder);
  runProgram("tar", ["-C", root, "-cf", folder.at("root.tar"), "."]);
  runProgram("podman", ["import", "--quiet", folder.at("root.tar"), image]);
  try {
    const text = `name: x
tests:
  - name: t
    network_environment: podman
    services:
      web:
        implementation: lighttpd
        image: IMAGE
        protocol: { name: http, version: "1.1" }
      curl: { implementation: curl, protocol: { name: http, version: "1.1", target: web } }
      ecn: { implementation: ecn, protocol: { name: http, target: web } }
    matrix: { middlebox: [transparent, ecn-drop-syn], ip: [4, 6] }
    expect:
      - service: curl
        must: [curl.request.succeeded]
      - when: { middlebox: transparent }
        service: ecn
        must: [ecn.negotiation.succeeded]
      - when: { middlebox: ecn-drop-syn }
        service: ecn
        must: [ecn.connectivity.broken]
`;
    assertCompleted(await run(folder, text.replace("IMAGE", image)));
    const left = runProgram("podman", ["ps", "--all", "--format", "{{.Names}}"]);
    assertEquals(left.split("\n").filter((name) => name.includes(image)), []);
    // A root file system does as well
    assertCompleted(await run(folder, text.replace("IMAGE", root)));
  } finally {
    runProgram("podman", ["rmi", "--force", image]);
  }
});

rootTest(
  "an environment whose program is missing is named, and the other tests go on",
  async () => {
    using folder = new Folder();
    const lacking = folder.put(
      "lacking.ts",
      new TextEncoder().encode(`export default {
  kind: "environment", name: "lacking", version: "1.0.0", api: "^1", summary: "none", type: "network",
  topology: "namespaces", program: "spider-has-no-such-program", package: "no-such-package",
};\n`),
    );
    const other = curlIn("netns").replace("name: t", "name: other").split("tests:\n")[1]!;
    const { report } = await run(folder, `${curlIn(lacking)}${other}`);
    assertEquals(report.tests.map(({ id, state, blame }) => [id, state, blame]), [
      ["t", "error", "environment"],
      ["other", "completed", null],
    ]);
    assertMatch(report.tests[0]!.problem!, /spider-has-no-such-program.*install no-such-package/);
  },
);

rootTest("wrappers sum up what a service did, one within the other", async () => {
  using folder = new Folder();
  const ended = await run(
    folder,
    `${curlIn("netns")}    execution_environment: [strace, { type: time, services: [web] }, tcpdump]
`,
  );
  assertCompleted(ended);
  const { wrapped } = ended.report.tests[0]!;
  assertEquals(Object.keys(wrapped), ["web strace", "web time", "web tcpdump"]);
  assert(Number(wrapped["web strace"]!.calls) > 10, JSON.stringify(wrapped));
  assert(Number(wrapped["web time"]!.most_resident_octets) > 1e5, JSON.stringify(wrapped));
  assert(Number(wrapped["web tcpdump"]!.captured) > 5, JSON.stringify(wrapped));
});
