import { tmpdir } from "node:os";
import type { Journal } from "../host/journal.ts";
import { block, MIDDLEBOXES, type MiddleboxName } from "./middlebox/registry.ts";
import { runWithin } from "./network.ts";

/** How many addresses `many.example` has: more than fit a datagram. */
export const MANY = 120;

/**
 * Starts unbound in a namespace, answering DNS on port 53 of all its addresses, over UDP and TCP,
 * from a zone of its own. When this returns it is listening. It runs in the background and ends
 * with its namespace.
 */
export function startDns(namespace: string, journal: Journal): void {
  const directory = `${tmpdir()}/${namespace}-${crypto.randomUUID()}`;
  journal.add({ kind: "directory", path: directory });
  Deno.mkdirSync(directory);
  Deno.writeTextFileSync(`${directory}/zone`, zone());
  Deno.writeTextFileSync(`${directory}/unbound.conf`, configuration(directory));
  // Its sockets are bound before it goes into the background, so there is nothing to wait for.
  runWithin(namespace, ["unbound", "-c", `${directory}/unbound.conf`]);
}

function configuration(directory: string): string {
  // Only with `interface-automatic` does an answer come from the address that was asked
  return `server:
  interface: 0.0.0.0
  interface: ::
  interface-automatic: yes
  access-control: 0.0.0.0/0 allow
  access-control: ::/0 allow
  num-threads: 2
  so-reuseport: yes
  incoming-num-tcp: 4096
  outgoing-range: 64
  so-rcvbuf: 4m
  module-config: "iterator"
  username: ""
  chroot: ""
  directory: "${directory}"
  pidfile: "${directory}/unbound.pid"
  use-syslog: no
  logfile: "${directory}/unbound.log"
  local-zone: "refused.example." always_refuse
auth-zone:
  name: "."
  for-upstream: no
  for-downstream: yes
  zonefile: "${directory}/zone"
remote-control:
  control-enable: no
`;
}

/**
 * Its zone: a name for each kind of middlebox, such as `drop-all.example`, with the addresses of
 * the first target behind it; some special names; and those of the transparent path for any other
 * name, but none below `invalid`.
 */
function zone(): string {
  const hosts = MIDDLEBOXES.flatMap(({ name }) => addresses(`${name}.example`, name));
  const many = Array.from({ length: MANY }, (_, i) => `many.example A 10.20.128.${i + 1}`);
  return `$ORIGIN .
$TTL 60
@ SOA ns.example root.example 1 60 60 60 60
@ NS ns.example
${addresses("*", "transparent").join("\n")}
${hosts.join("\n")}
${many.join("\n")}
alias.example CNAME further.example
further.example CNAME transparent.example
dangling.example CNAME missing.invalid
four.example A ${block("transparent", 4).at(0)}
six.example AAAA ${block("transparent", 6).at(0)}
none.example TXT "a name without an address"
nothing.invalid TXT "so that no other name is there"
`;
}

function addresses(name: string, kind: MiddleboxName): string[] {
  return [`${name} A ${block(kind, 4).at(0)}`, `${name} AAAA ${block(kind, 6).at(0)}`];
}
