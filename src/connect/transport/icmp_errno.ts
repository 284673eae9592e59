import { ERRNO } from "../../host/errno.ts";
import type { IcmpError } from "../stateless.ts";

/** What Linux makes of an ICMP error. */
export interface IcmpErrno {
  /** By number. */
  readonly errno: number;
  /** Whether it ends what has a connected socket; one that may be temporary does not. */
  readonly final: boolean;
}

const final = (errno: number): IcmpErrno => ({ errno, final: true });
const temporary = (errno: number): IcmpErrno => ({ errno, final: false });

/** By the code of an unreachable message (RFC 792; RFC 1122, section 3.2.2.1; RFC 1812, section 5.2.7.1). */
const UNREACHABLE: readonly (IcmpErrno | null)[] = [
  temporary(ERRNO.ENETUNREACH),
  temporary(ERRNO.EHOSTUNREACH),
  final(ERRNO.ENOPROTOOPT),
  final(ERRNO.ECONNREFUSED),
  null, // a request for smaller packets
  temporary(ERRNO.EOPNOTSUPP),
  final(ERRNO.ENETUNREACH),
  final(ERRNO.EHOSTDOWN),
  final(ERRNO.ENONET),
  final(ERRNO.ENETUNREACH),
  final(ERRNO.EHOSTUNREACH),
  temporary(ERRNO.ENETUNREACH),
  temporary(ERRNO.EHOSTUNREACH),
  final(ERRNO.EHOSTUNREACH),
  final(ERRNO.EHOSTUNREACH),
  final(ERRNO.EHOSTUNREACH),
];

/** The same of ICMPv6 (RFC 4443, section 3.1). */
const UNREACHABLE_6: readonly IcmpErrno[] = [
  temporary(ERRNO.ENETUNREACH),
  final(ERRNO.EACCES),
  temporary(ERRNO.EHOSTUNREACH),
  temporary(ERRNO.EHOSTUNREACH),
  final(ERRNO.ECONNREFUSED),
  final(ERRNO.EACCES),
  final(ERRNO.EACCES),
];

/** The error that Linux gives a socket for an unreachable message; null for any other one. */
export function icmpErrno({ version, type, code }: IcmpError): IcmpErrno | null {
  if (type !== (version === 4 ? 3 : 1)) return null;
  return (version === 4 ? UNREACHABLE : UNREACHABLE_6)[code] ?? null;
}

/** The error that ends a datagram's connected socket; null where it goes on waiting. */
export function socketErrno(error: IcmpError): number | null {
  const errno = icmpErrno(error);
  return errno !== null && errno.final ? errno.errno : null;
}
