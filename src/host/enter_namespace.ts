import { libc, must } from "./libc.ts";
import { cString } from "./libpcap.ts";

const O_RDONLY_CLOEXEC = 0o2000000;
const CLONE_NEWNET = 0x4000_0000;

let own: number | undefined;

/** A descriptor of a network namespace, by the path of its file; to be closed. */
export function openNamespace(path: string): number {
  return must(`open ${path}`, libc.open(cString(path), O_RDONLY_CLOEXEC));
}

/**
 * Calls a function with this thread inside a network namespace, and always comes back (setns(2)).
 * The call must be synchronous: nothing else may run before this thread is back. A socket belongs
 * to the namespace that it was opened in, wherever it is used.
 */
export function within<T>(namespace: number, call: () => T): T {
  own ??= openNamespace("/proc/thread-self/ns/net");
  must("setns", libc.setns(namespace, CLONE_NEWNET));
  try {
    return call();
  } finally {
    // Continuing in the wrong namespace would measure from, and change, the wrong host
    must("setns", libc.setns(own, CLONE_NEWNET));
  }
}
