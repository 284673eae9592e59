import { inLab, LAB } from "../background_lab.ts";
import type { Lesson } from "../lesson.ts";
import { program, ROOT } from "../needs.ts";
import { checkAndTest, goOn, putAndRun, writePlugin } from "../steps.ts";

const NEEDS = [ROOT, program("nginx", "nginx-light"), program("curl", "curl")];

const NETWORK = `name: ${LAB}
hosts:
  client:
  server:
    serves: [10.20.0.0/24]
    services: [{ service: ./hello, options: { page: good day } }]
links:
  - [client, server]
`;

const EXPERIMENT = `name: hello
tests:
  - name: there
    services:
      web: { implementation: ./hello, protocol: http }
      curl: { implementation: curl, protocol: { name: http, target: web } }
    expect:
      - must: [curl.request.succeeded]
  - name: gone
    services:
      web: { implementation: ./hello, protocol: http, options: { status: 410 } }
      curl: { implementation: curl, protocol: { name: http, target: web } }
    expect:
      - must: [curl.request.failed]
        must_not: [curl.connection.failed]
`;

/** The lesson about services. */
export const lesson: Lesson = {
  about: "Have a server of your own run on hosts of labs, and be tested",
  title: "A service, from nothing to a test of it",
  steps: [
    writePlugin(
      "service",
      "hello",
      "A service is a program on a host of a lab: which program, with which files and arguments, " +
        "what it speaks, and what may be set.",
    ),
    checkAndTest("hello"),
    {
      title: "Change what may be set",
      about: "It is to answer with another status too. This time the test comes first.",
      async run(shell) {
        shell.change("hello/tests.ts", {
          'page: "good day" }': 'page: "good day", status: 404 }',
          "return 200": "return 404",
        });
        await shell.spider(["plugins", "test", "./hello"], { status: 1 });
        shell.say();
        shell.change("hello/mod.ts", {
          'default: "hello" },\n': 'default: "hello" },\n' +
            '    status: { type: "integer", summary: "the status of answers", default: 200 },\n',
          "return 200": "return ${options.status}",
        });
        await shell.spider(["plugins", "check", "./hello"]);
        await shell.spider(["plugins", "test", "./hello"]);
      },
    },
    {
      title: "Run it on a host",
      about:
        "A lab is a network of namespaces on this machine, described in a file. It is up when " +
        "its services are ready; with -d a process in the background holds it.",
      needs: NEEDS,
      async run(shell) {
        shell.put("lab.yaml", NETWORK);
        shell.say();
        await inLab(shell, "lab.yaml", async () => {
          const ask = ["curl", "--silent", "--include", "http://10.20.0.1/"];
          await shell.spider(["lab", "exec", "-l", LAB, "client", ...ask], { says: /good day/ });
        });
      },
    },
    {
      title: "Have it tested",
      about:
        "Services of the type tester test others: curl asks for one page. An experiment says " +
        "what must come of that.",
      needs: NEEDS,
      async run(shell) {
        await putAndRun(shell, "hello.yaml", EXPERIMENT);
      },
    },
    goOn(
      "Services that ship with the program, and keys of a service: spider help labs. All that one " +
        "may say: spider plugins schema --kind service. A tester of your own, and a protocol that " +
        "does not ship with the program: spider tutorial --lesson protocol.",
    ),
  ],
};
