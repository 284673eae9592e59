import { assertEquals, assertMatch } from "@std/assert";
import type { Job } from "../../src/mod.ts";
import { run } from "../../src/host/run.ts";
import { NEAR, TargetLab } from "../lab/target_lab.ts";
import { besideUdp } from "../connect/udp_fixture.ts";
import { type Dns, dns, record } from "../data/dns.ts";
import { Folder } from "../data/temporary.ts";
import { besideBareDns } from "../lab/beside_bare_dns.ts";
import { rootTest } from "../lab/root.ts";
import { inProcess } from "../in_process.ts";
import { spider } from "../spider.ts";

const FORMERR = 0x8181;
const NOTIMP = 0x8184;
/** An OPT record whose upper bits of the response code make it 16, BADVERS. */
const BADVERS = Uint8Array.of(0, 0, 41, 4, 208, 1, 0, 0, 0, 0, 0);

/** What servers say to a question with EDNS that do not know it; null for those that say nothing. */
const FAILURES: Readonly<Record<string, Dns | null>> = {
  "FORMERR": { flags: FORMERR },
  "FORMERR, the header alone": { flags: FORMERR, questions: [] },
  "NOTIMP": { flags: NOTIMP },
  "BADVERS": { additionals: [BADVERS] },
  "BADVERS, without the question": { questions: [], additionals: [BADVERS] },
  "the question's counts, and no more": { flags: FORMERR, counts: [1, 0, 0, 1] },
  "nothing": null,
};

/** Octets of a question behind its name: its type and class. */
const BEHIND_NAME = 4;

/**
 * A message with the id and the question of a query; with an IPv4 address for a question that asks
 * for one.
 */
function answerTo(query: Uint8Array, message: Dns | null): Uint8Array {
  const end = query.indexOf(0, 12) + 1 + BEHIND_NAME;
  const isA = query[end - 3] === 1;
  const answers = message === null && isA ? [record()] : [];
  const octets = dns({ questions: [query.slice(12, end)], answers, ...message });
  octets.set(query.subarray(0, 2));
  return octets;
}

for (const [name, failure] of Object.entries(FAILURES)) {
  Deno.test(`a name server that fails EDNS with ${name} is asked without`, async () => {
    const questions = { edns: 0, plain: 0 };
    await besideUdp(
      async (query, answer) => {
        const edns = query[11] === 1;
        questions[edns ? "edns" : "plain"]++;
        if (!edns || failure !== null) await answer(answerTo(query, edns ? failure : null));
      },
      async ({ address, port }) => {
        const { code, out, err } = await inProcess([
          ...["measure", "dnsresolv", "--resolver", `${address}:${port}`, "--timeout", "0.8"],
          ...["-w", "1"],
        ], { input: "www.example.org\nwww.example.com\n" });
        assertEquals(code, 0, err);
        const found = out.trimEnd().split("\n").map((line): Job => JSON.parse(line).dip);
        assertEquals(found, ["192.0.2.9", "192.0.2.9"] as unknown as Job[], err);
      },
    );
    // Both types of address at once for the first name, and no second try for the second one
    assertEquals(questions, { edns: 2, plain: 4 });
  });
}

rootTest("a name server with a zone is asked, from the command line and resolv.conf", async () => {
  await using lab = await TargetLab.open();
  using folder = new Folder();
  const [router = ""] = lab.routers;
  const listed = run("ip", ["-n", router, "-6", "address", "show", "dev", NEAR, "scope", "link"]);
  const server = `${/inet6 (fe80:[^/]+)/.exec(listed)?.[1]}%${lab.interface}`;
  const file = `${folder.path}/resolv.conf`;
  Deno.writeTextFileSync(file, `nameserver fe80::1%none0\nnameserver ${server}\n`);
  const bound = 'mount --bind "$0" /etc/resolv.conf && exec "$@"';
  await besideBareDns(router, ["::"], async () => {
    const asked = [
      { options: ["--resolver", server], start: [] },
      { options: ["--resolver", `[${server}]:53`, "--connect", "dnsudp"], start: [] },
      { options: ["--resolver", server, "--interface", lab.interface], start: [] },
      { options: [], start: ["unshare", "--mount", "sh", "-c", bound, file] },
    ];
    for (const { options, start } of asked) {
      const { code, err } = await spider(["measure", "dnsresolv", ...options], {
        input: "www.example.org\n",
        within: (line) => lab.exec([...start, ...line]),
      });
      assertEquals(code, 0, err);
      assertMatch(err, /1 {2}dnsresolv\.a\.no_address/);
      assertMatch(err, /1 {2}dnsresolv\.aaaa\.no_address/);
    }
  });
});

Deno.test("a resolver whose zone is no interface is named", async () => {
  const { code, err } = await inProcess(["measure", "dnsresolv", "--resolver", "fe80::1%none0"], {
    input: "www.example.org\n",
  });
  assertEquals(code, 1);
  assertMatch(err, /there is no interface none0, which fe80::1%none0 names/);
});
