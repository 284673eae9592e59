import { Failure } from "../../../../host/failure.ts";
import { inLab, LAB } from "../background_lab.ts";
import type { Lesson } from "../lesson.ts";
import { program, ROOT } from "../needs.ts";
import { Publisher } from "../publish.ts";
import { goOn, writePlugin } from "../steps.ts";

const MODULE = "hello/mod.ts";

const NETWORK = `name: ${LAB}
hosts:
  client:
  server: { serves: [10.20.0.0/16], services: [nginx] }
routers:
  edge: { middleboxes: [{ middlebox: dscp-drop, to: 10.20.2.0/24 }] }
links:
  - [client, edge]
  - [edge, server]
`;

/** Targets in that network, and what is concluded of the way to them. */
const TARGETS = { "10.20.1.1": "works", "10.20.2.1": "broken" } as const;

/** The lesson about spiders. */
export const lesson: Lesson = {
  about: "Compare connections, conclude from what was seen, publish that, and measure with it",
  title: "A spider, from nothing to a run",
  steps: [
    writePlugin(
      "spider",
      "hello",
      "A spider compares connections to a target: each of its arms says what it does otherwise, " +
        "and conclude says what follows from what was seen.",
    ),
    {
      title: "Check it",
      about: "The check says all that is wrong, each fault with its line. As it is there is none.",
      async run(shell) {
        await shell.spider(["plugins", "check", "./hello"]);
        shell.say("\nWith two faults in it:\n");
        const right = shell.read(MODULE);
        shell.change(MODULE, { '"http"': '"htpp"', "dscp: 46 }": "dscp: 64 }" });
        await shell.spider(["plugins", "check", "./hello"], { status: 1 });
        shell.write(MODULE, right);
        shell.say("They are taken out again.");
      },
    },
    {
      title: "Test it",
      about: "Its tests are data: the packets of each arm, one a line, and what must be " +
        "concluded. They are played through the program's own dissector and flow table, without " +
        "root and without a network.",
      async run(shell) {
        shell.show("hello/tests.ts");
        shell.say();
        await shell.spider(["plugins", "test", "./hello"]);
      },
    },
    {
      title: "Publish it, and trust it",
      about: "Any web server can publish a plugin; here one serves this folder on this host " +
        "itself. Who names it by its URL is shown what it is and asks for. It runs only when it " +
        "was accepted, and then without files, network, environment, processes and libraries of " +
        "its own.",
      async run(shell) {
        await using publisher = new Publisher(shell.folder);
        const url = publisher.url(MODULE);
        await shell.spider(["plugins", "info", url]);
        shell.say("\nNot accepted yet, it is refused:\n");
        await shell.spider(["plugins", "test", url], { status: 1 });
        shell.say();
        await shell.spider(["plugins", "add", url, "--trust"]);
        shell.say();
        await shell.spider(["plugins", "test", url]);
      },
    },
    {
      title: "Run it",
      about: "A measurement needs root and targets. Here a lab is made of namespaces of this " +
        "machine: a client, a router with a middlebox, and a server that answers at many " +
        "addresses. One target's path drops every packet with a DSCP.",
      needs: [ROOT, program("nginx", "nginx-light")],
      async run(shell) {
        shell.put("lab.yaml", NETWORK);
        shell.put("targets", Object.keys(TARGETS).map((target) => `${target}\n`).join(""));
        shell.say();
        await inLab(shell, "lab.yaml", async () => {
          const measure = ["spider", "measure", "hello", "--offline", "--timeout", "1"];
          const out = await shell.spider(["lab", "exec", "-l", LAB, "client", ...measure], {
            input: "targets",
          });
          for (const [target, verdict] of Object.entries(TARGETS)) {
            const line = out.split("\n").find((line) => line.includes(`"${target}"`));
            if (line?.includes(`hello.connectivity.${verdict}`)) continue;
            throw new Failure(`the tutorial ends here: ${target} should be called ${verdict}`);
          }
        });
      },
    },
    goOn(
      "What a plugin can do more, and the language of packets: spider help authoring. Every " +
        "command has its --help: spider plugins --help, spider measure --help. Other lessons: " +
        "spider tutorial --list.",
    ),
  ],
};
