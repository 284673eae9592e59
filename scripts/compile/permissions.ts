/**
 * What the program may do, as Deno's flags; the tests run the binary with no more than this. It
 * says what the program's own code and the code it carries may ask Deno for. It is no cage: who may
 * load a native library (and this program's sockets and capture are libc and libpcap) may do
 * whatever the user may.
 */
export const PERMISSIONS: readonly string[] = [
  "--allow-read", // captures, targets and plugins lie anywhere
  "--allow-write", // results go anywhere; the journal of what is to be undone
  "--allow-ffi", // libc and libpcap; Deno takes file names here, and a library is named without its place
  "--allow-run",
  "--allow-env",
  "--allow-sys",
  "--allow-net",
  "--allow-import",
];

/** Flags of `deno run` that leave out what lies around: settings, locks, caches and the network. */
export const ISOLATION: readonly string[] = [
  "--no-config",
  "--no-lock",
  "--no-check",
  "--no-remote",
  "--no-npm",
  "--cached-only",
  "--no-prompt",
  "--no-code-cache",
];
