import type { Lesson } from "../lesson.ts";
import { program, ROOT } from "../needs.ts";
import { changePlugin, checkAndTest, goOn, putAndRun, writePlugin } from "../steps.ts";

const CLOCK = `import type { Service } from "./daytime/spider.d.ts";

/** Tells the time to everyone who connects. */
export default {
  kind: "service",
  name: "clock",
  version: "0.1.0",
  api: "^1",
  summary: "tells the time to everyone who connects",
  type: "iut",
  speaks: [{ protocol: "daytime", versions: ["tcp"], role: "server" }],
  program: "perl",
  package: "perl-base",
  files: ({ ports }) => ({
    "clock.pl": \`use IO::Socket::IP;
$SIG{TERM} = sub { exit };
my $server = IO::Socket::IP->new(
  LocalHost => "::", LocalPort => \${ports[0]!.port}, V6Only => 0, Listen => 128) or die $@;
while (my $client = $server->accept) {
  print $client scalar(gmtime), "\\\\r\\\\n";
  close $client;
}
\`,
  }),
  arguments: ({ folder }) => [\`\${folder}/clock.pl\`],
} satisfies Service;
`;

const ASK = `import type { Service } from "./daytime/spider.d.ts";

/** Asks for the time. */
export default {
  kind: "service",
  name: "ask",
  version: "0.1.0",
  api: "^1",
  summary: "asks for the time",
  type: "tester",
  speaks: [{ protocol: "daytime", versions: ["tcp"], role: "client" }],
  program: "perl",
  package: "perl-base",
  conditions: {
    "ask.time.told": "the answer has a time of day in it",
    "ask.time.missing": "it has none, or there was no answer",
  },
  arguments: ({ target }) => [
    "-MIO::Socket::IP",
    "-e",
    "print IO::Socket::IP->new(PeerHost => shift, PeerPort => shift, Timeout => 1)->getlines",
    target!.address,
    String(target!.port.port),
  ],
  outcome: ({ stdout }) => ({
    conditions: [/ \\d\\d:\\d\\d:\\d\\d /.test(stdout) ? "ask.time.told" : "ask.time.missing"],
    metrics: {},
  }),
} satisfies Service;
`;

const EXPERIMENT = `name: daytime
tests:
  - name: time
    services:
      clock: { implementation: clock }
      ask: { implementation: ask, protocol: { name: daytime, target: clock } }
    matrix:
      middlebox: [transparent, drop]
      ip: [4, 6]
    expect:
      - when: { middlebox: transparent }
        must: [ask.time.told]
      - when: { middlebox: drop }
        must: [ask.time.missing]
`;

/** The lesson about protocols. */
export const lesson: Lesson = {
  about: "Describe a protocol, write a program for each of its sides, and let one test the other",
  title: "A protocol, from nothing to two programs that speak it",
  steps: [
    writePlugin(
      "protocol",
      "daytime",
      "A protocol says how those who speak it are reached: in which versions, over which " +
        "transport, on which port; and which roles they have.",
    ),
    checkAndTest("daytime"),
    {
      title: "Change what it is",
      about: "What was made is echo. Daytime (RFC 867) has port 13: whoever connects is told the " +
        "time, and any datagram is answered with it.",
      async run(shell) {
        await changePlugin(shell, "daytime", {
          module: {
            "/** Sends back what it gets. */": "/** Tells the time. */",
            'summary: "sends back what it gets"': 'summary: "tells the time"',
            "RFC 862": "RFC 867",
            'transport: "tcp", port: 7': 'transport: "tcp", port: 13',
            'transport: "udp", port: 7': 'transport: "udp", port: 13',
          },
          tests: {
            'on port 7", version: "udp", is: { transport: "udp", port: 7 }':
              'on port 13", version: "udp", is: { transport: "udp", port: 13 }',
          },
        });
      },
    },
    {
      title: "Write what speaks it",
      about: "Programs of hosts are plugins of the kind service: one under test, which runs as " +
        "long as its network does, and a tester, which is run once for each address and says " +
        "which of its conditions hold. Each is a single file here, and run by perl, which every " +
        "Debian has.",
      async run(shell) {
        shell.put("clock.ts", CLOCK);
        shell.say();
        shell.put("ask.ts", ASK);
        shell.say();
        await shell.spider(["plugins", "check", "./clock.ts"]);
        await shell.spider(["plugins", "check", "./ask.ts"]);
      },
    },
    {
      title: "Let one test the other",
      about: "With --plugin-dir the plugins of a folder are known by their names. The experiment " +
        "has a middlebox that drops everything, behind which no time must be told.",
      needs: [ROOT, program("perl", "perl-base")],
      async run(shell) {
        await putAndRun(shell, "daytime.yaml", EXPERIMENT, ["--plugin-dir", "."]);
      },
    },
    goOn(
      "Protocols and services that ship with the program, and keys of a service: spider help " +
        "labs. All that a service may say: spider plugins schema --kind service. A lesson about " +
        "services: spider tutorial --lesson service.",
    ),
  ],
};
