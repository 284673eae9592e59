import type { Service, ServicePort, TesterRun } from "../../src/mod.ts";
import { urlOf } from "./shared/url.ts";

/** How it is told a version of HTTP, and what it calls the one of an answer. */
const VERSIONS: Readonly<Record<string, readonly [argument: string, said: string]>> = {
  "1.1": ["--http1.1", "1.1"],
  "1.1-tls": ["--http1.1", "1.1"],
  "2": ["--http2", "2"],
  "2-cleartext": ["--http2-prior-knowledge", "2"],
};

/** What it is told to write about a request. */
interface Written {
  /** The version that was asked for; empty for any. */
  readonly asked: string;
  readonly version: string;
  /** Three digits, 000 without an answer. */
  readonly status: string;
  /** Whether TLS was asked for. */
  readonly secure: boolean;
  /** How many connections came about. */
  readonly connections: number;
  /** Seconds from the begin, 0 for what did not happen. */
  readonly connect: number;
  readonly tls: number;
  readonly first: number;
  readonly total: number;
  readonly octets: number;
}

export default {
  kind: "service",
  name: "curl",
  version: "1.0.0",
  api: "^1",
  summary: "asks for one page",
  type: "tester",
  speaks: [
    { protocol: "tls", versions: ["1.2", "1.3"], role: "client" },
    { protocol: "http", versions: ["1.1", "1.1-tls", "2", "2-cleartext"], role: "client" },
  ],
  program: "curl",
  package: "curl",
  asksVersion: ["--version"],
  options: {
    path: { type: "string", summary: "the path of the page", default: "/" },
    seconds: { type: "number", summary: "seconds that it may take", default: 10, minimum: 0.1 },
  },
  conditions: {
    "curl.request.succeeded": "the whole page came, in the version that was asked for",
    "curl.request.failed": "it did not, or with a status of 400 or more, or in another version",
    "curl.request.late": "it took too long",
    "curl.connection.failed": "no TCP connection came about",
    "curl.tls.failed": "no TLS connection came about, over a TCP connection that did",
    "curl.version.other": "the answer came in another version",
  },
  arguments: ({ folder, target, options }) => [
    ...["--silent", "--show-error", "--insecure", "--globoff"],
    ...["--max-time", String(options.seconds), "--output", `${folder}/page`],
    ...["--write-out", written(target!.port)],
    ...asked(target!.port),
    urlOf(target!, String(options.path)),
  ],
  outcome(run) {
    const said = read(run);
    const late = run.late || run.status === 28 ? ["curl.request.late"] : [];
    if (said === null) return { conditions: ["curl.request.failed", ...late], metrics: {} };
    const isOther = said.status !== "000" && said.asked !== "" && said.version !== said.asked;
    const isGood = run.status === 0 && !isOther && Number(said.status) < 400;
    return {
      conditions: [
        `curl.request.${isGood ? "succeeded" : "failed"}`,
        ...late,
        ...(isOther ? ["curl.version.other"] : []),
        ...(run.status === 0 ? [] : lacks(said)),
      ],
      metrics: isGood ? metricsOf(said) : {},
    };
  },
} satisfies Service;

function asked({ protocol, version }: ServicePort): readonly string[] {
  return protocol === "tls" ? [`--tlsv${version}`, "--tls-max", version] : [VERSIONS[version]![0]];
}

/** What it is told to write: a line of JSON. */
function written({ protocol, version, tls }: ServicePort): string {
  const said = protocol === "tls" ? "" : VERSIONS[version]![1];
  return `{"asked":"${said}","version":"%{http_version}","status":"%{http_code}",` +
    `"secure":${tls},"connections":%{num_connects},"connect":%{time_connect},` +
    `"tls":%{time_appconnect},"first":%{time_starttransfer},"total":%{time_total},` +
    `"octets":%{size_download}}`;
}

/** What it has written; null when it was ended before. */
function read({ stdout }: TesterRun): Written | null {
  return stdout === "" ? null : JSON.parse(stdout);
}

/** Which connection a request that failed did not get. */
function lacks({ secure, connections, tls }: Written): readonly string[] {
  if (connections === 0) return ["curl.connection.failed"];
  return secure && tls === 0 ? ["curl.tls.failed"] : [];
}

function metricsOf({ connect, tls, first, total, octets }: Written): Record<string, number> {
  return {
    seconds: total,
    connect_seconds: connect,
    ...(tls > 0 && { tls_seconds: tls - connect }),
    first_octet_seconds: first,
    octets,
    octets_per_second: octets / total,
  };
}
