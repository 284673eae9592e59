import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { Failure } from "../../../src/host/failure.ts";
import { Folder } from "../../data/temporary.ts";
import { StateDirectory } from "../../host/state_directory.ts";
import { planned, TestLab } from "../live.ts";
import { rootTest } from "../root.ts";
import { LISTENS, shellService } from "./shell_service.ts";

/** The server's own address on its link, over IPv6. */
const LINK_6 = "fd53:7069:6465:ff:1::2";

const NETWORKS = `serves: [10.20.0.0/16, "fd53:20::/64"]`;

/** A lab whose server runs services. */
function textWith(services: string): string {
  return `hosts: { client: , server: { ${NETWORKS}, services: [${services}] } }
routers: { r: }
links: [[client, r], [r, server]]
`;
}

/** Why a lab with a service does not start. */
async function whyNot(service: string): Promise<string> {
  const error = await assertRejects(() => TestLab.open(textWith(service)), Failure);
  return (error as Failure).message;
}

rootTest("web servers answer in every version that they speak, at all addresses", async () => {
  for (
    const [service, versions, extra] of [
      ["nginx", ["1.1", "2"], `{ service: nginx, options: { text: "a \\"$x\\" b" } }`],
      ["caddy", ["1.1", "2"], "caddy"],
    ] as const
  ) {
    await using lab = await TestLab.open(textWith(extra));
    for (const address of ["10.20.77.3", "[fd53:20::77]"]) {
      const text = await lab.sh("client", `curl -sg http://${address}/`);
      assertEquals(
        text.trim(),
        service === "nginx" ? `a "$x" b` : "A path is transparent when what goes in comes out.",
      );
      const code = await lab.sh(
        "client",
        `curl -skg -o /dev/null -w '%{http_code} %{http_version}' https://${address}/`,
      );
      assertEquals(code, `200 ${versions[1]}`, service);
    }
    assertEquals(lab.faults, []);
  }
});

rootTest("two servers answer HTTP/3, as a client of another kind asks", async () => {
  await Promise.all(["caddy", "ngtcp2-server"].map(async (service) => {
    await using lab = await TestLab.open(
      textWith(`{ service: ${service}, versions: ["3"], port: 4433 }`),
    );
    // caddy answers over UDP from the address of the link, whatever was asked
    for (const [address, host] of [["100.64.0.10", "100.64.0.10"], [LINK_6, `[${LINK_6}]`]]) {
      const said = await lab.sh(
        "client",
        `timeout 5 gtlsclient --exit-on-all-streams-close ${address} 4433 https://${host}:4433/index.html 2>&1`,
      );
      assertMatch(said, /:status: 200/, `${service} at ${address}: ${said.slice(-300)}`);
    }
    assertEquals(lab.faults, []);
  }));
});

rootTest("several services share a host, on ports of their own", async () => {
  await using lab = await TestLab.open(textWith(
    `nginx, unbound, { service: lighttpd, port: 8080 }, { service: dnsmasq, port: 5353 }`,
  ));
  const upgrade = "curl -s --http2 -o /dev/null -w '%{http_version}' http://10.20.1.1:8080/";
  assertEquals(await lab.sh("client", upgrade), "2");
  const { out, err } = await lab.spider("client", ["measure", "udpzero"], { input: "10.20.1.1" });
  assertStringIncludes(out, "udpzero.connectivity.works", err);
});

rootTest(
  "a service that dies, is never ready, or cannot be started is named with its log",
  async () => {
    using state = new StateDirectory();
    using folder = new Folder();
    const dies = shellService(folder, "dies", "echo one; echo two >&2; exit 3");
    assertMatch(
      await whyNot(dies),
      /^the service dies ended with 3 before it was ready; its log ends with: .*two/,
    );
    const deaf = shellService(folder, "deaf", "echo nothing; exec sleep 100");
    assertEquals(
      await whyNot(`{ service: ${deaf}, timeout: 300ms }`),
      "the service deaf is not ready after 0.3 s: it does not answer on tcp 80; its log ends with: nothing",
    );
    const silent = shellService(folder, "silent", "exec sleep 100", 'ready: "^now$"');
    assertMatch(
      await whyNot(`{ service: ${silent}, timeout: 0.1s }`),
      /its log has no line \^now\$, and it does not answer on tcp 80; its log is empty$/,
    );
    const broken = shellService(
      folder,
      "broken",
      "true",
      'files: () => { throw new Error("no"); }',
    );
    assertEquals(await whyNot(broken), "the code of the plugin broken fails: no");
    const outside = shellService(folder, "outside", "true", 'files: () => ({ "../x": "" })');
    assertMatch(await whyNot(outside), /writes a file \.\.\/x/);
    const none = shellService(folder, "none", "true");
    Deno.writeTextFileSync(
      none,
      Deno.readTextFileSync(none).replace('program: "sh"', 'program: "no-such-program"'),
    );
    assertEquals(
      await whyNot(none),
      "the service none takes no-such-program, which is not installed: install dash",
    );
    // Of none of these labs anything is left
    assertEquals(state.journals(), []);
  },
);

rootTest(
  "one that floods its log, ignores its signal or forks away is bounded, and gone with the lab",
  async () => {
    using folder = new Folder();
    const flood = shellService(folder, "flood", `${LISTENS} & exec yes`);
    const stubborn = shellService(folder, "stubborn", `trap "" TERM; ${LISTENS}`);
    const lab = await TestLab.open(textWith(`{ service: ${flood}, timeout: 10s }`));
    const log = `${lab.lab.servicesFolder}/1-server-flood/flood.log`;
    const path = lab.lab.servicesFolder!;
    while (Deno.statSync(log).size < 16 << 20) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assert(Deno.statSync(log).size < (16 << 20) + 100);
    await lab[Symbol.asyncDispose]();
    assertEquals([...Deno.readDirSync("/tmp")].some(({ name }) => path.endsWith(name)), false);
    const other = await TestLab.open(textWith(`{ service: ${stubborn}, timeout: 10s }`));
    await other[Symbol.asyncDispose]();
    assertMatch(
      other.faults.join(),
      /^The service stubborn did not end after SIGTERM, and was killed/,
    );
  },
);

/** The messages about a lab whose host has these services, and last this one. */
async function faultsOf(last: string): Promise<string[]> {
  const error = await assertRejects(
    () =>
      planned(`hosts:
  server:
    services:
      - ngnix
      - { service: nginx, versions: ["3"] }
      - { service: nginx, options: { txt: a } }
      - nginx
      - { service: caddy, versions: ["1.1"] }
      - ${last}
  client:
links: [[server, client]]
`),
    Failure,
  );
  return (error as Failure).message.split("\n");
}

Deno.test("services that cannot be are named with their places", async () => {
  assertEquals(await faultsOf("{ service: unbound, port: 0 }"), [
    "lab.yaml:9:35: hosts.server.services.5.port must be a whole number from 1 to 65535",
  ]);
  assertEquals(await faultsOf("{ service: caddy, port: 8000 }"), [
    "lab.yaml:4:9: unknown service ngnix; did you mean nginx?",
    "lab.yaml:5:9: nginx speaks tls 1.2, tls 1.3, http 1.1, http 1.1-tls, http 2, not 3",
    'lab.yaml:6:9: nginx: "txt" is not known; there is text, fast-open',
    "lab.yaml:8:9: nginx has port 80 of tcp already",
    "lab.yaml:9:9: caddy cannot speak tls 1.2, tls 1.3, http 1.1, http 1.1-tls, http 2 on one port: " +
    "name the versions",
  ]);
});
