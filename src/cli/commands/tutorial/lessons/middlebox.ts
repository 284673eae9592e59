import { inLab, LAB } from "../background_lab.ts";
import type { Lesson } from "../lesson.ts";
import { program, ROOT } from "../needs.ts";
import { changePlugin, checkAndTest, goOn, putAndRun, writePlugin } from "../steps.ts";

const NEEDS = [ROOT, program("nginx", "nginx-light")];

const NETWORK = `name: ${LAB}
hosts:
  client:
  server: { serves: [10.20.0.0/24], services: [nginx] }
routers:
  edge: { middleboxes: [{ middlebox: ./hello }] }
  core:
links:
  - [client, edge]
  - [edge, core]
  - [core, server]
`;

const EXPERIMENT = `name: hello
tests:
  - name: ecn
    services:
      web: { implementation: nginx, protocol: http }
      ecn: { implementation: ecn, protocol: { name: http, target: web } }
    matrix:
      middlebox: [transparent, ./hello]
      ip: [4, 6]
    expect:
      - must: [ecn.connectivity.works, ecn.negotiation.succeeded]
      - when: { middlebox: transparent }
        must: [ecn.ipmark.ect0.seen]
      - when: { middlebox: ./hello }
        must: [ecn.ipmark.ect0.not_seen]
`;

/** The lesson about middleboxes. */
export const lesson: Lesson = {
  about: "Meddle with packets on a router, find the hop that does, and expect what comes of it",
  title: "A middlebox, from nothing to an experiment",
  steps: [
    writePlugin(
      "middlebox",
      "hello",
      "A middlebox stands on a router of a lab. Its program looks at each packet, may change it, " +
        'and says what becomes of it: undefined lets it go on, "drop" does not.',
    ),
    checkAndTest("hello"),
    {
      title: "Change what it does",
      about: "A handshake carries no data, so it passes as it is. It is to lose its mark as well.",
      async run(shell) {
        await changePlugin(shell, "hello", {
          module: {
            'summary: "clears the ECN field of packets that carry data"':
              'summary: "clears the ECN field of every packet"',
            "if (packet.payloadLength > 0) packet.ecn = 0": "packet.ecn = 0",
          },
          tests: {
            "data has no mark behind it, a handshake keeps its own": "nothing has a mark behind it",
            "ecn_ect0_syn_fwd: true": "ecn_ect0_syn_fwd: false",
          },
        });
      },
    },
    {
      title: "Put it into a lab",
      about: "A lab is a network of namespaces on this machine, described in a file. With -d a " +
        "process in the background holds it. Any command runs on its hosts; locate asks the " +
        "routers on the way what they saw.",
      needs: NEEDS,
      async run(shell) {
        shell.put("lab.yaml", NETWORK);
        shell.say();
        await inLab(shell, "lab.yaml", async () => {
          const locate = ["spider", "locate", "--feature", "ecn", "--interval", "0.01"];
          await shell.spider(["lab", "exec", "-l", LAB, "client", ...locate, "10.20.0.1"], {
            says: /ecn 2 becomes 0 between hop 1 .* and hop 2 /,
          });
        });
      },
    },
    {
      title: "Put it into an experiment",
      about: "An experiment says what must come out. Here a spider asks for ECN once without and " +
        "once with the middlebox: it is agreed to both times, since that stands in TCP's flags, " +
        "but behind the middlebox no packet carries a mark.",
      needs: NEEDS,
      async run(shell) {
        await putAndRun(shell, "hello.yaml", EXPERIMENT);
      },
    },
    goOn(
      "Hosts, links, routes, and the middleboxes that ship with the program: spider help labs. " +
        "Rules of nftables in place of a program, values, and all that a packet has: spider " +
        "plugins schema --kind middlebox. Experiments: spider tutorial --lesson experiment.",
    ),
  ],
};
