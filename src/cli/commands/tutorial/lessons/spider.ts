import { Failure } from "../../../../host/failure.ts";
import { Lab } from "../../../../lab/lab.ts";
import type { Lesson } from "../lesson.ts";
import { program, ROOT } from "../needs.ts";
import { Publisher } from "../publish.ts";
import { goOn, writePlugin } from "../steps.ts";

const MODULE = "hello/mod.ts";

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
      about: "A measurement needs root and targets. Here a network is made of namespaces of this " +
        "machine: a client, a router with middleboxes, and a server. One target's path drops " +
        "every packet with a DSCP.",
      needs: [
        ROOT,
        program("nginx", "nginx-light"),
        program("lighttpd", "lighttpd"),
        program("unbound", "unbound"),
      ],
      async run(shell) {
        const lab = shell.stack.use(Lab.open());
        const paths = { transparent: "works", "drop-dscp": "broken" } as const;
        const targets = (Object.keys(paths) as (keyof typeof paths)[]).map((box) =>
          lab.addresses(box, 4, 1)[0]!
        );
        shell.put("targets", targets.map((target) => `${target}\n`).join(""));
        const out = await shell.spider(
          ["measure", "hello", "--offline", "--timeout", "1", "--interface", lab.interface],
          { input: "targets", within: (line) => lab.exec(line) },
        );
        for (const [at, verdict] of Object.values(paths).entries()) {
          const line = out.split("\n").find((line) => line.includes(`"${targets[at]}"`));
          if (!line?.includes(`hello.connectivity.${verdict}`)) {
            throw new Failure(`the tutorial ends here: ${targets[at]} should be called ${verdict}`);
          }
        }
      },
    },
    goOn(
      "What a plugin can do more, and the language of packets: spider help authoring. Every " +
        "command has its --help: spider plugins --help, spider measure --help. Other lessons: " +
        "spider tutorial --list.",
    ),
  ],
};
