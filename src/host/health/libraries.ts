import { Failure } from "../failure.ts";
import { fromC, libpcap } from "../libpcap.ts";
import { attempt } from "../run.ts";
import { fine, type HealthFinding } from "./finding.ts";

/** libcurl, whichever TLS library it is built with. */
const CURL = "libcurl.so.4";

const VERSION = { curl_version: { parameters: [], result: "pointer" } } as const;

/** What `mtr-packet` is asked: one line for each feature that probes need. */
const FEATURES = ["ip-4", "ip-6", "icmp", "tcp", "udp"];

/** The libraries and programs that are not part of this one. */
export function libraries(): HealthFinding[] {
  return [pcap(), curl(), iproute(), mtrPacket()];
}

function pcap(): HealthFinding {
  try {
    return fine("libpcap", fromC(libpcap().pcap_lib_version()));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return {
      name: "libpcap",
      level: "missing",
      found: "not found",
      advice: "install libpcap0.8 (Debian), without which nothing is observed",
    };
  }
}

function curl(): HealthFinding {
  try {
    using library = disposable(Deno.dlopen(CURL, VERSION));
    // Behind its own version and that of its TLS library come those of a dozen others
    const version = fromC(library.symbols.curl_version()).split(" ").slice(0, 2).join(" ");
    return fine("libcurl", version);
  } catch (error) {
    return {
      name: "libcurl",
      level: "warning",
      found: `${CURL} not found (${error instanceof Error ? error.message : error})`,
      advice: "install libcurl4 (Debian) for connections with https",
    };
  }
}

function disposable<T extends { close(): void }>(library: T): T & Disposable {
  return Object.assign(library, { [Symbol.dispose]: () => library.close() });
}

function iproute(): HealthFinding {
  const said = asked("ip", ["-V"]);
  if (said?.ok) return fine("iproute2", said.stdout.trim().replace(/^ip utility, /, ""));
  return {
    name: "iproute2",
    level: "missing",
    found: "ip not found",
    advice: "install iproute2, by which interfaces and routes are read",
  };
}

function mtrPacket(): HealthFinding {
  const name = "mtr-packet";
  const questions = FEATURES.map((feature, at) => `${at} check-support feature ${feature}\n`);
  const [program = name, ...words] = (Deno.env.get("MTR_PACKET") ?? "").split(/\s+/).filter(
    Boolean,
  );
  const said = asked(program, words, questions.join(""));
  const lacks = (found: string, advice: string): HealthFinding => ({
    name,
    level: "warning",
    found,
    advice: `${advice}; hops cannot be probed without it`,
  });
  if (said === null) return lacks("not found", "install mtr-tiny (Debian)");
  const answers = new Map(
    said.stdout.split("\n").map((line) => line.split(" ")).map(([at, , , answer]) => [at, answer]),
  );
  if (!answers.has("0")) {
    const words = said.stderr.trim().split("\n")[0] || "no answer to check-support";
    return lacks(words, "give it CAP_NET_RAW (setcap cap_net_raw+ep), or run spider as root");
  }
  const without = FEATURES.filter((_, at) => answers.get(String(at)) !== "ok");
  if (without.length === 0) return fine(name, `supports ${FEATURES.join(", ")}`);
  return lacks(`does not support ${without.join(", ")}`, "install a newer mtr");
}

/** What a program says; null when it is not installed. */
function asked(program: string, args: readonly string[], input = "") {
  try {
    return attempt(program, args, input);
  } catch (error) {
    if (error instanceof Failure) return null;
    throw error;
  }
}
