import { Failure } from "../../host/failure.ts";
import { type Draft, emptyDraft } from "./draft.ts";
import { flagsOf, MESSAGES, number, type PacketWord, WORDS } from "./words.ts";

/** What any packet holds at most. */
const MOST_OCTETS = 0xffff;

/**
 * Reads a text in the packet language: a packet a line, flows divided by lines of dashes. Text
 * behind a `#` is a comment.
 *
 * @param where the name of the text in messages
 * @throws {Failure} that names the line
 */
export function readPackets(text: string, where: string): Draft[][] {
  const flows: Draft[][] = [[]];
  for (const [at, whole] of text.split("\n").entries()) {
    const line = at + 1;
    try {
      const words = split(whole);
      if (words.length === 0) continue;
      if (/^---+$/.test(words[0]!) && words.length === 1) flows.push([]);
      else flows.at(-1)!.push(readLine(words, line));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw new Failure(`${where}, line ${line}, "${whole.trim()}": ${error.message}`, {
        cause: error,
      });
    }
  }
  return flows.filter((flow, at) => flow.length > 0 || (at === 0 && flows.length === 1));
}

/** The words of a line; a text in double quotes is one. */
function split(line: string): string[] {
  const words: string[] = [];
  for (const [word] of line.matchAll(/"(?:[^"\\]|\\.)*"|#.*|"|[^\s"#]+/g)) {
    if (word.startsWith("#")) break;
    if (word === '"') throw new SyntaxError("a text has no end: a second double quote is missing");
    words.push(word);
  }
  return words;
}

function readLine(words: readonly string[], line: number): Draft {
  const [direction, first, ...rest] = words;
  if (direction !== ">" && direction !== "<") {
    throw new SyntaxError("a packet begins with > (from the client) or < (to it)");
  }
  const draft = emptyDraft(line, direction === ">");
  if (first === undefined) {
    throw new SyntaxError("what is sent? TCP flags such as SA, or udp, icmp, protocol or forged");
  }
  applyAll(draft, begin(draft, first, rest));
  return draft;
}

/** Reads what kind of packet it is; the words that are left. */
function begin(draft: Draft, first: string, rest: readonly string[]): readonly string[] {
  switch (first) {
    case "udp":
    case "forged":
      draft.kind = first;
      return rest;
    case "icmp": {
      const [message, ...others] = rest;
      draft.kind = "icmp";
      if (message !== undefined && Object.hasOwn(MESSAGES, message)) draft.message = message;
      else if (message !== undefined && /^\d+$/.test(message)) draft.fields.type = number(message);
      else throw new SyntaxError(`icmp needs a number, or ${Object.keys(MESSAGES).join(", ")}`);
      return others;
    }
    case "protocol": {
      const [protocol, ...others] = rest;
      if (protocol === undefined) throw new SyntaxError("protocol needs a number");
      draft.kind = "other";
      draft.fields.protocol = number(protocol);
      return others;
    }
    default: {
      const flags = flagsOf(first);
      if (flags === null) {
        throw new SyntaxError(
          `${first} is neither TCP flags (letters of FSRPAUEC, . for A, - for none), nor udp, icmp, protocol or forged`,
        );
      }
      draft.fields.flags = flags;
      return rest;
    }
  }
}

function applyAll(draft: Draft, words: readonly string[]): void {
  for (let at = 0; at < words.length;) {
    const name = words[at]!;
    if (/^\d+$/.test(name) && words[at + 1] === "octets") {
      if (number(name) > MOST_OCTETS) {
        throw new SyntaxError(`a packet has ${MOST_OCTETS} octets of payload at most`);
      }
      draft.payload = new Uint8Array(number(name)).fill(0x78);
      at += 2;
      continue;
    }
    const word = wordOf(name, draft);
    const { takes = [] } = word;
    const values: string[] = [];
    for (const value of takes) {
      const next = at + 1 + values.length;
      const given = words[next];
      const optional = value.endsWith("?");
      const missing = given === undefined || optional && !isHex(given, words[next + 1]);
      if (missing && !optional) throw new SyntaxError(`${name} needs ${takes.join(" ")}`);
      if (!missing) values.push(given);
    }
    word.apply(draft, values);
    at += 1 + values.length;
  }
}

/** Whether a word that may be left out is there: `ce` and `80 octets` are words of their own. */
function isHex(word: string, next: string | undefined): boolean {
  return /^([0-9a-f]{2})+$/i.test(word) && !Object.hasOwn(WORDS, word) && next !== "octets";
}

function wordOf(name: string, draft: Draft): PacketWord {
  const word = Object.hasOwn(WORDS, name) ? WORDS[name] : undefined;
  if (word === undefined) {
    throw new SyntaxError(`there is no word ${name}; there are ${Object.keys(WORDS).join(", ")}`);
  }
  if (draft.kind === "forged" && name !== "after") {
    throw new SyntaxError(`${name} cannot stand with forged: the packet is what the arm makes it`);
  }
  if (word.only !== undefined && !word.only.includes(draft.kind)) {
    throw new SyntaxError(`${name} goes with ${word.only.join(" and ")} only`);
  }
  return word;
}
