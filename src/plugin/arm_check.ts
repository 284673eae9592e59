import type { SocketOptions } from "../contract/connection.ts";

/** What is wrong with a value, in words that follow "must be"; null when nothing. */
type Check = (value: unknown) => string | null;

function whole(minimum: number, maximum: number): Check {
  return (value) =>
    Number.isInteger(value) && Number(value) >= minimum && Number(value) <= maximum
      ? null
      : `a whole number from ${minimum} to ${maximum}`;
}

const flag: Check = (value) => typeof value === "boolean" ? null : "true or false";

const SOCKET: Readonly<Record<keyof SocketOptions, Check>> = {
  dscp: whole(0, 63),
  mark: whole(1, 0xffff_ffff),
  ecn: flag,
  mss: whole(88, 32_767),
  bindPort: whole(0, 65_535),
  ttl: whole(1, 255),
  fastOpen: (value) => value === "cookie" || value === "data" ? null : "cookie or data",
  zeroChecksum: flag,
};

/** What is wrong with an arm, in words that follow "an arm that"; null when nothing. */
export function armProblem(arm: unknown): string | null {
  if (typeof arm !== "object" || arm === null) return "is not an object";
  const { name, socket = {}, after } = arm as Record<string, unknown>;
  if (typeof name !== "string" || name === "" || /\p{C}/u.test(name)) {
    return "has no name";
  }
  if (after !== undefined && typeof after !== "string") return "waits for no name in after";
  if (typeof socket !== "object" || socket === null) return "has a socket that is not an object";
  for (const [option, value] of Object.entries(socket)) {
    if (!Object.hasOwn(SOCKET, option)) return `sets ${option}, which no socket has`;
    const wanted = SOCKET[option as keyof SocketOptions](value);
    if (wanted !== null) return `sets ${option} to ${JSON.stringify(value)}; it must be ${wanted}`;
  }
  return null;
}
