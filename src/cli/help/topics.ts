import type { Topic } from "./topic.ts";

/** What a module is that is imported as text. */
interface Text {
  readonly default: string;
}

/**
 * Every topic, in the order of help. A new one is a file of Markdown beside what it describes, called as
 * the topic is, and a row here.
 */
export const topics: readonly Topic[] = [
  written(
    "measuring",
    "Runs, verdicts and exit statuses of spider measure",
    () => import("../../measure/measuring.md", { with: { type: "text" } }),
  ),
  written(
    "targets",
    "What may be measured: forms of targets, names, choosing some",
    () => import("../../target/targets.md", { with: { type: "text" } }),
  ),
  written(
    "results",
    "What is written for each target, and sending it to an observatory",
    () => import("../../result/results.md", { with: { type: "text" } }),
  ),
  {
    name: "conditions",
    summary: "Every condition of every spider, with its meaning",
    page: async () => await (await import("./conditions.ts")).conditionsPage(),
  },
  written(
    "scanning",
    "Whole prefixes and long lists, without connections: spider scan",
    () => import("../../scan/scanning.md", { with: { type: "text" } }),
  ),
  written(
    "observing",
    "Flow records, their chains and fields, and chains of your own",
    () => import("../../observe/observing.md", { with: { type: "text" } }),
  ),
  written(
    "tunnels",
    "VLANs, labels and tunnels around packets, and link types",
    () => import("../../observe/tunnels.md", { with: { type: "text" } }),
  ),
  written(
    "probing",
    "Ping and trace: what is sent, what counts as an answer",
    () => import("../../probe/probing.md", { with: { type: "text" } }),
  ),
  written(
    "locating",
    "At which hop packets are changed or dropped",
    () => import("../../probe/locating.md", { with: { type: "text" } }),
  ),
  written(
    "labs",
    "Networks with middleboxes: the file, every middlebox",
    () => import("../../lab/labs.md", { with: { type: "text" } }),
  ),
  written(
    "experiments",
    "Repeatable tests from one file: what runs, what must come out",
    () => import("../../lab/experiments.md", { with: { type: "text" } }),
  ),
  written(
    "serving",
    "A vantage point over HTTP: keys, measurements, the configuration",
    () => import("../../serve/serving.md", { with: { type: "text" } }),
  ),
  written(
    "authoring",
    "Writing plugins: arms, hooks, chains, options, tests",
    () => import("../../plugin/authoring.md", { with: { type: "text" } }),
  ),
  written(
    "trust",
    "Plugins from elsewhere: fetching, accepting, what confines them",
    () => import("../../plugin/trust.md", { with: { type: "text" } }),
  ),
  written(
    "system",
    "What spider does to a machine: privileges, routes, files",
    () => import("../../host/system.md", { with: { type: "text" } }),
  ),
  written(
    "figures",
    "How fast it is and how its verdicts hold, beside its peers",
    () => import("../../figures.md", { with: { type: "text" } }),
  ),
  written(
    "pathspider",
    "What is different for those who come from PATHspider",
    () => import("../../pathspider.md", { with: { type: "text" } }),
  ),
];

/** A topic that is a file of Markdown. */
function written(name: string, summary: string, load: () => Promise<Text>): Topic {
  return {
    name,
    summary,
    async page() {
      const { fromMarkdown } = await import("./markdown.ts");
      return fromMarkdown((await load()).default);
    },
  };
}
