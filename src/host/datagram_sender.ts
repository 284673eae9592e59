import type { Endpoint } from "../contract/job.ts";
import { addressBytes, AF_INET, AF_INET6 } from "./address.ts";
import { ERRNO, errnoName } from "./errno.ts";
import { Failure } from "./failure.ts";
import { IPPROTO_UDP } from "./ip_protocol.ts";
import { POLL, poll } from "./poll.ts";
import { encodeEndpoint } from "./scoped_address.ts";
import {
  closeSocket,
  forbidFragments,
  openSocket,
  pathMtu,
  sendSome,
  startConnect,
  takeError,
} from "./socket.ts";
import { splitZone } from "./zone.ts";

/** Octets of the headers of IP and UDP. */
const HEADERS = { 4: 28, 6: 48 } as const;
/** The most octets that a datagram carries, by the lengths in those headers. */
const LONGEST = { 4: 65_507, 6: 65_527 } as const;

/** How long to wait for room in the kernel, in milliseconds. */
const PATIENCE = 1000;

/** Sends datagrams to one place, none longer than the path there takes whole. */
export class DatagramSender {
  readonly #fd: number;
  readonly #version: 4 | 6;
  readonly #name: string;
  /** Datagrams that were handed in, and those of them that did not get there, as far as is known. */
  #sent = 0;
  #lost = 0;
  #error = 0;

  /** Throws a {@linkcode Failure} when there is no way there. */
  constructor(remote: Endpoint) {
    this.#version = addressBytes(splitZone(remote.address)[0]).length === 4 ? 4 : 6;
    const { address, port } = remote;
    this.#name = this.#version === 4 ? `${address}:${port}` : `[${address}]:${port}`;
    const family = this.#version === 4 ? AF_INET : AF_INET6;
    this.#fd = this.#must(openSocket(IPPROTO_UDP, family));
    try {
      this.#must(startConnect(this.#fd, encodeEndpoint(remote)));
      this.#must(forbidFragments(this.#fd, family));
    } catch (error) {
      closeSocket(this.#fd);
      throw error;
    }
  }

  /** Octets that a datagram may have to get there whole, as far as the kernel knows. */
  get limit(): number {
    const family = this.#version === 4 ? AF_INET : AF_INET6;
    const mtu = this.#must(pathMtu(this.#fd, family));
    return Math.min(mtu - HEADERS[this.#version], LONGEST[this.#version]);
  }

  /** Sends one; one that is lost is counted. */
  send(datagram: Uint8Array<ArrayBuffer>): void {
    this.#sent++;
    let result = sendSome(this.#fd, datagram);
    if (result === -ERRNO.EAGAIN && poll(this.#fd, POLL.out, PATIENCE) !== 0) {
      result = sendSome(this.#fd, datagram);
    }
    // What an earlier one met is told in place of sending this one
    if (result === -ERRNO.ECONNREFUSED) {
      this.#count(ERRNO.ECONNREFUSED);
      result = sendSome(this.#fd, datagram);
    }
    if (result < 0) this.#count(-result);
  }

  /**
   * Closes it.
   *
   * @throws {Failure} when datagrams were lost, as far as this host was told
   */
  close(): void {
    const error = takeError(this.#fd);
    closeSocket(this.#fd);
    if (error !== 0) this.#count(error);
    if (this.#lost === 0) return;
    throw new Failure(
      `${this.#name} did not get ${this.#lost} or more of ${this.#sent} datagrams: ${
        reasonOf(this.#error)
      }`,
    );
  }

  #count(error: number): void {
    this.#lost++;
    this.#error = error;
  }

  #must(result: number): number {
    if (result >= 0) return result;
    throw new Failure(`cannot send to ${this.#name}: ${reasonOf(-result)}`);
  }
}

const NO_WAY = "there is no way there: look at the address, and at the routes of this host";

const REASONS: Readonly<Record<number, string>> = {
  [ERRNO.ECONNREFUSED]: "nothing listens there: start what receives them first",
  [ERRNO.ENETUNREACH]: NO_WAY,
  [ERRNO.EHOSTUNREACH]: NO_WAY,
  [ERRNO.EACCES]: "it is no address of one host: give one",
  [ERRNO.EPERM]: "a packet filter of this host does not let them through: change its rules",
  [ERRNO.EMSGSIZE]: "some were longer than what the path takes by now: run it once more",
};

/** An error number of sending in words, as far as it is a usual one. */
function reasonOf(errno: number): string {
  return REASONS[errno] ?? errnoName(errno);
}
