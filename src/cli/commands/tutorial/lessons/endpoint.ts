import type { Lesson } from "../lesson.ts";
import { changePlugin, checkAndTest, goOn, writePlugin } from "../steps.ts";

const CONFIGURATION = `listen: { port: 0 }        # any
database: serve.db
plugins:
  hello:
    plugin: ./hello
    options: { greeting: Good day }
`;

/** A server for as long as two questions take. */
const ASK = `spider serve --config serve.yaml --log serve.log &
until url=$(grep -o 'http://[^ ]*' serve.log 2> /dev/null); do
  kill -0 $! || exit 1
  sleep 0.05
done
curl -s "$url/hello/Ada"
curl -s "$url/hello"
kill $! && wait
`;

/** The lesson about endpoints. */
export const lesson: Lesson = {
  about: "Answer requests to the server with code of your own",
  title: "An endpoint, from nothing to an answer",
  steps: [
    writePlugin(
      "endpoint",
      "hello",
      "An endpoint answers what is asked of spider serve below its name. It gets a request and gives " +
        "a status and a value.",
    ),
    checkAndTest("hello"),
    {
      title: "Answer otherwise",
      about: "What it answers is up to it.",
      async run(shell) {
        await changePlugin(shell, "hello", {
          module: { "${who}`": "${who}!`" },
          tests: { '"Hello, Ada"': '"Hello, Ada!"', '"Good day, Ada"': '"Good day, Ada!"' },
        });
      },
    },
    {
      title: "Serve it",
      about: "The configuration names it, and sets its options. It runs in a process of its own.",
      async run(shell) {
        shell.put("serve.yaml", CONFIGURATION);
        shell.put("ask.sh", ASK);
        shell.say();
        await shell.sh("sh ask.sh", { says: /Good day, Ada!/ });
      },
    },
    goOn(
      "All members: spider help authoring. Keys, control and configuration: spider help serving. Those " +
        "that ship with the program are example, files, netinfo, sessions and systeminfo.",
    ),
  ],
};
