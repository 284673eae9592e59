/**
 * Gets a machine ready: Debian packages that are missing (as root; otherwise it says what to
 * install), the libraries of deno.json, and the wasm modules. Does nothing when all is there.
 */
import { existsSync } from "node:fs";
import { PACKINGS } from "../src/host/packing.ts";
import { build } from "./build.ts";

/** Something that must be on the machine, and the Debian package that brings it. */
interface Need {
  readonly package: string;
  readonly reason: string;
  /** Only for labs, which need root. */
  readonly lab?: boolean;
  present(): boolean;
}

const NEEDS: readonly Need[] = [
  { package: "libpcap0.8", reason: "captures packets", present: hasLibpcap },
  { package: "libcurl4", reason: "speaks HTTPS", present: () => loads("libcurl.so.4") },
  { package: "iproute2", reason: "interfaces, routes, namespaces", present: () => has("ip") },
  ...PACKINGS.map((packing) => ({
    package: packing.package,
    reason: packing.name === "bzip2" ? "packs results for an upload" : "unpacks captures",
    present: () => has(packing.name),
  })),
  { package: "mtr-tiny", reason: "sends probes", present: () => has("mtr-packet") },
  { package: "nftables", reason: "middleboxes in labs", lab: true, present: () => has("nft") },
  {
    package: "iptables",
    reason: "middleboxes in labs that look into packets",
    lab: true,
    present: () => has("iptables-restore"),
  },
  { package: "nginx-light", reason: "targets in labs", lab: true, present: () => has("nginx") },
  { package: "unbound", reason: "DNS in labs", lab: true, present: () => has("unbound") },
  {
    package: "lighttpd",
    reason: "targets in labs that upgrade to HTTP/2",
    lab: true,
    present: () => has("lighttpd"),
  },
  { package: "caddy", reason: "HTTP/3 in labs", lab: true, present: () => has("caddy") },
  { package: "dnsmasq-base", reason: "DNS in labs", lab: true, present: () => has("dnsmasq") },
  {
    package: "ngtcp2-server",
    reason: "HTTP/3 in labs",
    lab: true,
    present: () => has("gtlsserver"),
  },
  {
    package: "opentracker",
    reason: "trackers of BitTorrent in labs",
    lab: true,
    present: () => has("opentracker"),
  },
  { package: "openbsd-inetd", reason: "echo in labs", lab: true, present: () => has("inetd") },
  {
    package: "netbase",
    reason: "the name of echo's port",
    lab: true,
    present: () => existsSync("/etc/services"),
  },
  { package: "iperf3", reason: "bulk data in labs", lab: true, present: () => has("iperf3") },
  {
    package: "aria2",
    reason: "peers of BitTorrent in labs",
    lab: true,
    present: () => has("aria2c"),
  },
  tester("curl"),
  tester("dnsperf"),
  tester("nghttp2-client", "h2load"),
  tester("ngtcp2-client", "gtlsclient"),
  { package: "podman", reason: "containers", lab: true, present: () => has("podman") },
  { package: "runc", reason: "runs containers", lab: true, present: () => has("runc") },
  {
    package: "catatonit",
    reason: "process 1 of containers",
    lab: true,
    present: () => has("catatonit"),
  },
  wrapper("strace"),
  wrapper("valgrind"),
  wrapper("time"),
  wrapper("tcpdump"),
  wrapper("google-perftools", "google-pprof"),
  {
    package: "openssl",
    reason: "certificates of targets in labs",
    lab: true,
    present: () => has("openssl"),
  },
  {
    package: "tshark",
    reason: "judges the observer in tests",
    lab: true,
    present: () => has("tshark"),
  },
  {
    package: "nfdump",
    reason: "collects flows in a test",
    lab: true,
    present: () => has("nfcapd"),
  },
  {
    package: "chromium",
    reason: "opens the page of the server in a test",
    lab: true,
    present: () => has("chromium"),
  },
  {
    package: "systemd",
    reason: "runs the server's unit in a test",
    lab: true,
    present: () => existsSync("/lib/systemd/systemd"),
  },
  {
    package: "tcpreplay",
    reason: "sends packets in the benchmark",
    lab: true,
    present: () => has("tcpreplay"),
  },
];

/** A program that tests services in experiments. */
function tester(from: string, program = from): Need {
  const present = () => has(program);
  return { package: from, reason: "tests services in experiments", lab: true, present };
}

/** A program that wraps services in experiments. */
function wrapper(from: string, program = from): Need {
  const present = () => has(program);
  return { package: from, reason: "wraps services in experiments", lab: true, present };
}

const FOLDERS = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

function has(program: string): boolean {
  const path = Deno.env.get("PATH")?.split(":") ?? [];
  return [...path, ...FOLDERS].some((folder) => existsSync(`${folder}/${program}`));
}

function hasLibpcap(): boolean {
  return ["libpcap.so.0.8", "libpcap.so.1", "libpcap.so"].some(loads);
}

/** Whether there is a library of that name. */
function loads(name: string): boolean {
  try {
    Deno.dlopen(name, {}).close();
    return true;
  } catch {
    return false; // the reason is shown where it is needed
  }
}

function run(program: string, args: readonly string[]): void {
  const { success } = new Deno.Command(program, {
    args: [...args],
    env: { DEBIAN_FRONTEND: "noninteractive" },
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).outputSync();
  if (!success) throw new Error(`${program} ${args.join(" ")} failed`);
}

const POLICY = "/usr/sbin/policy-rc.d";

/** Installs packages without starting the services that they bring (a web server on port 80). */
function install(packages: readonly string[]): void {
  console.error(`installing ${packages.join(" ")}`);
  const ours = !existsSync(POLICY);
  if (ours) Deno.writeTextFileSync(POLICY, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    run("apt-get", ["-qq", "update"]);
    run("apt-get", ["-qq", "-y", "--no-install-recommends", "install", ...packages]);
  } finally {
    if (ours) Deno.removeSync(POLICY);
  }
}

/** Whether labs can be built here: that takes root. */
const root = Deno.uid() === 0;

const missing = NEEDS.filter((need) => (root || !need.lab) && !need.present());
if (missing.length > 0) {
  if (!root || !has("apt-get")) {
    console.error("spider needs what is not on this machine. Install:");
    for (const need of missing) console.error(`  ${need.package} (Debian): ${need.reason}`);
    console.error("As root on Debian this task installs it by itself.");
    Deno.exit(1);
  }
  install(missing.map((need) => need.package));
}
await build();
// So that the program needs no network from here on
run(Deno.execPath(), ["cache", "--quiet", new URL("../src/main.ts", import.meta.url).pathname]);
