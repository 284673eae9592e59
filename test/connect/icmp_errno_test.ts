import { assertEquals } from "@std/assert";
import { errnoName } from "../../src/host/errno.ts";
import { icmpErrno, socketErrno } from "../../src/connect/transport/icmp_errno.ts";

/** Names of the errors of the codes of an unreachable message, in order; those in brackets are temporary. */
function named(version: 4 | 6, type: number): readonly string[] {
  return Array.from({ length: 17 }, (_, code) => {
    const error = { version, type, code };
    const found = icmpErrno(error);
    if (found === null) return "-";
    assertEquals(socketErrno(error), found.final ? found.errno : null);
    const name = errnoName(found.errno)!;
    return found.final ? name : `(${name})`;
  });
}

Deno.test("unreachable messages are the errors that Linux makes of them", () => {
  // icmp_err_convert in net/ipv4/icmp.c, tab_unreach in net/ipv6/icmp.c
  assertEquals(named(4, 3), [
    ...["(ENETUNREACH)", "(EHOSTUNREACH)", "ENOPROTOOPT", "ECONNREFUSED", "-", "(EOPNOTSUPP)"],
    ...["ENETUNREACH", "EHOSTDOWN", "ENONET", "ENETUNREACH", "EHOSTUNREACH", "(ENETUNREACH)"],
    ...["(EHOSTUNREACH)", "EHOSTUNREACH", "EHOSTUNREACH", "EHOSTUNREACH", "-"],
  ]);
  assertEquals(named(6, 1), [
    ...["(ENETUNREACH)", "EACCES", "(EHOSTUNREACH)", "(EHOSTUNREACH)", "ECONNREFUSED", "EACCES"],
    ...["EACCES", ...Array<string>(10).fill("-")],
  ]);
});

Deno.test("other messages are no errors of a socket", () => {
  for (const [version, type] of [[4, 11], [4, 1], [6, 3]] as const) {
    assertEquals(new Set(named(version, type)), new Set(["-"]));
  }
});
