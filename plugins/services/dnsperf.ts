import type { Service } from "../../src/mod.ts";

/** What is asked for when nothing else is given: what services of this kind answer by themselves. */
const USUAL = ["www.example A", "www.example AAAA"];

const SENT = /^ *Queries sent: +(\d+)/m;
const COMPLETED = /^ *Queries completed: +(\d+)/m;
const CODES = /^ *Response codes: +(.*)$/m;
const SECONDS = /^ *Run time \(s\): +([\d.]+)/m;
const LATENCY = /^ *Average Latency \(s\): +([\d.]+)/m;

export default {
  kind: "service",
  name: "dnsperf",
  version: "1.0.0",
  api: "^1",
  summary: "asks DNS servers many questions at once",
  type: "tester",
  takesTurns: true,
  speaks: [{ protocol: "dns", versions: ["udp", "tcp"], role: "client" }],
  program: "dnsperf",
  package: "dnsperf",
  asksVersion: ["-h"],
  options: {
    query: {
      type: "string",
      repeated: true,
      summary: "what is asked for, a name and a type; the addresses of www.example when missing",
    },
    runs: { type: "integer", summary: "how often each is asked for", default: 50, minimum: 1 },
    patience: {
      type: "number",
      summary: "seconds after which an answer is no longer waited for",
      default: 2,
      minimum: 0.1,
    },
    seconds: { type: "integer", summary: "seconds that it may take", default: 10, minimum: 1 },
  },
  conditions: {
    "dnsperf.queries.all": "all queries were answered",
    "dnsperf.queries.some": "some were, and some were not",
    "dnsperf.queries.none": "none was",
    "dnsperf.answers.good": "every answer had the code NOERROR",
    "dnsperf.answers.bad": "an answer had another code",
  },
  files: ({ options }) => ({ queries: `${queriesOf(options.query).join("\n")}\n` }),
  arguments: ({ folder, target, options }) => [
    ...["-s", target!.address, "-p", String(target!.port.port), "-m", target!.port.version],
    ...["-d", `${folder}/queries`, "-n", String(options.runs), "-l", String(options.seconds)],
    ...["-t", String(options.patience)],
  ],
  // Without a summary it has crashed, as it does where TCP is refused
  outcome({ stdout }) {
    const [queries, answers] = [numberIn(stdout, SENT) ?? 0, numberIn(stdout, COMPLETED) ?? 0];
    const codes = CODES.exec(stdout)?.[1] ?? "";
    const which = answers === 0 ? "none" : answers < queries ? "some" : "all";
    const isGood = /^NOERROR \d+ \([\d.]+%\)$/.test(codes);
    const seconds = numberIn(stdout, SECONDS);
    return {
      conditions: [
        `dnsperf.queries.${which}`,
        ...(answers === 0 ? [] : [`dnsperf.answers.${isGood ? "good" : "bad"}`]),
      ],
      metrics: {
        queries,
        answers,
        ...(answers > 0 && {
          seconds: seconds!,
          answers_per_second: answers / seconds!,
          answer_seconds: numberIn(stdout, LATENCY)!,
        }),
      },
    };
  },
} satisfies Service;

function queriesOf(given: unknown): readonly string[] {
  return Array.isArray(given) && given.length > 0 ? given : USUAL;
}

function numberIn(stdout: string, pattern: RegExp): number | null {
  const found = pattern.exec(stdout);
  return found === null ? null : Number(found[1]);
}
