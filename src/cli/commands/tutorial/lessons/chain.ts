import { writeCapture } from "../capture.ts";
import type { Lesson } from "../lesson.ts";
import { changePlugin, checkAndTest, goOn, writePlugin } from "../steps.ts";

/** Flows of one SYN that asks for ECN, of one that is sent again without, and of none that asks. */
const PACKETS = `
  > SEC mss 1460
  < SAE mss 1460
  > .
  > FA
  < FA
  > .
  ---
  > SEC mss 1460
  > S mss 1460 after 1000
  < SA mss 1460
  > .
  > FA
  < FA
  > .
  ---
  > S mss 1460
  < RA`;

/** What the chain must count of them. */
const COUNTS = new RegExp(
  [[1, 1], [1, 0], [0, 0]].map(([fwd, rev]) => `"hello_syns_fwd":${fwd},"hello_syns_rev":${rev}}`)
    .join("\\n.*"),
);

/** The lesson about chains. */
export const lesson: Lesson = {
  about: "Count something new in every flow of a capture",
  title: "A chain, from nothing to the flows of a capture",
  steps: [
    writePlugin(
      "chain",
      "hello",
      "A chain adds fields to the record of each flow, and fills them packet by packet. It has a " +
        "hook for each kind of header, here tcp; rev says that a packet goes against the flow's " +
        "first one.",
    ),
    checkAndTest("hello"),
    {
      title: "Change what it counts",
      about: "A SYN with the flag ECE asks for ECN, and a SYN-ACK with it agrees. The others are " +
        "no longer to count.",
      async run(shell) {
        await changePlugin(shell, "hello", {
          module: {
            'summary: "SYNs each way"': 'summary: "SYNs each way that speak of ECN"',
            "if (tcp.syn) rec": "if (tcp.syn && tcp.ece) rec",
          },
          tests: {
            "a SYN that is sent again counts twice":
              "a SYN that is sent again without ECN does not count",
            "> S\n      > S after 1000": "> SEC\n      > S after 1000",
            "hello_syns_fwd: 2, hello_syns_rev: 1": "hello_syns_fwd: 1, hello_syns_rev: 0",
            "{ hello_syns_fwd: 1, hello_syns_rev: 0 },\n      {":
              "{ hello_syns_fwd: 0, hello_syns_rev: 0 },\n      {",
          },
        });
      },
    },
    {
      title: "Run it over a capture",
      about: "observe reads a capture file, or listens on an interface. Here the file has three " +
        "flows: in the first ECN is agreed to, in the second only the first of two SYNs asks for " +
        "it, in the third none does.",
      async run(shell) {
        writeCapture(`${shell.folder}/hello.pcap`, PACKETS);
        await shell.spider(["observe", "-i", "hello.pcap", "--chain", "./hello"], {
          says: COUNTS,
        });
      },
    },
    goOn(
      "All hooks and fields: spider help authoring. The chains that ship with the program, and " +
        "what observe can do more: spider observe --list-chains, spider help observing. A spider " +
        "names a chain in its list chains, and concludes from its fields: spider tutorial.",
    ),
  ],
};
