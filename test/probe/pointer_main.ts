/**
 * Looks up the names of the addresses that are its arguments, and answers the questions itself: runs in
 * a network namespace of its own whose name server is 127.0.0.1. Whose last octet is 1 has a pointer to
 * the root, any other one to `a.example`. Writes the names as JSON.
 */
import { createSocket } from "node:dgram";
import { ReverseNames } from "../../src/probe/reverse_names.ts";

const HEADER = 12;
const ROOT = [0];
const A_EXAMPLE = [1, ..."a".split(""), 7, ..."example".split(""), 0]
  .map((part) => typeof part === "string" ? part.charCodeAt(0) : part);

const server = createSocket("udp4");
server.on("message", (query, { port, address }) => server.send(answerTo(query), port, address));
await new Promise<void>((resolve) => server.bind(53, "127.0.0.1", resolve));
const names = new ReverseNames();
Deno.args.forEach((address) => names.of(address));
await names.lookedUp(20_000);
console.log(JSON.stringify(Deno.args.map((address) => names.of(address))));
server.close();

/** The answer to a question for a pointer, whose first label is the last octet of the address. */
function answerTo(query: Uint8Array): Uint8Array {
  let end = HEADER;
  while (query[end] !== 0) end += 1 + query[end]!;
  const question = query.slice(HEADER, end + 5);
  const [length, octet] = question;
  const name = length === 1 && octet === "1".charCodeAt(0) ? ROOT : A_EXAMPLE;
  const record = [0xc0, HEADER, 0, 12, 0, 1, 0, 0, 0, 60, 0, name.length, ...name];
  const counts = [0, 1, 0, 1, 0, 0, 0, 0];
  return new Uint8Array([...query.slice(0, 2), 0x81, 0x80, ...counts, ...question, ...record]);
}
