import denoJson from "../../deno.json" with { type: "json" };

/** Variables that the program reads. Another one is not seen, as if it were not set. */
const VARIABLES = [
  "PATH",
  // Where plugins of this user lie
  "HOME",
  "XDG_CONFIG_HOME",
  "XDG_DATA_HOME",
  // Where a server keeps its database
  "XDG_STATE_HOME",
  "SPIDER_STATE_DIR",
  // How a service tells its manager how it is, and where that puts secrets
  "NOTIFY_SOCKET",
  "WATCHDOG_USEC",
  "WATCHDOG_PID",
  "CREDENTIALS_DIRECTORY",
  // What `lab shell` opens
  "SHELL",
  "SPIDER_PTO_TOKEN",
  "SPIDER_KEY",
  "MTR_PACKET",
  // Where temporary files go, as node:os asks
  "TMPDIR",
  "TMP",
  "TEMP",
  // Who vouches for an https server
  "NODE_EXTRA_CA_CERTS",
  "NODE_USE_SYSTEM_CA",
  // The reader of YAML asks for them
  "LOG_STREAM",
  "LOG_TOKENS",
  // node:child_process asks for it
  "NODE_V8_COVERAGE",
];

/**
 * What the program may do, as Deno's flags; the tests run the binary with no more than this. Not
 * among them: imports from elsewhere, other programs and other variables. It is not a sandbox: code
 * that may load a native library may do whatever the user may. But neither a bug nor a plugin gets
 * past it by Deno's own calls.
 */
export const PERMISSIONS: readonly string[] = [
  // Captures, targets and plugins lie anywhere, results go anywhere. This does not cover /proc,
  // /sys and /dev, which Deno opens only with all permissions (host/kernel_file.ts)
  "--allow-read",
  "--allow-write",
  // Deno takes file paths here, and libc, libpcap and libcurl are opened by bare names
  "--allow-ffi",
  // mtr-packet may be any command line that MTR_PACKET names
  "--allow-run",
  `--allow-env=${VARIABLES.join(",")}`,
  // Results go to an observatory, which may be anywhere
  "--allow-net",
  // The manifest of a run names the kernel, metadata of results who made them; and https needs a
  // Deno-internal one ("ca") that cannot be named in a flag
  "--allow-sys",
];

/** What `deno.json` switches on, which is not read where the program runs. */
const { unstable = [] } = denoJson as {
  readonly unstable?: readonly string[];
  readonly name: string;
};

/** Flags of `deno run` that ignore the surroundings: settings, locks, caches and the network. */
export const ISOLATION: readonly string[] = [
  ...unstable.map((feature) => `--unstable-${feature}`),
  "--no-config",
  "--no-lock",
  "--no-check",
  "--no-remote",
  "--no-npm",
  "--cached-only",
  "--no-prompt",
  "--no-code-cache",
];
