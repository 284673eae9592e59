/**
 * Stands in for mtr-packet, and behaves as its first argument says: `stand_in_main.ts MODE`. It
 * writes the commands that it was sent to standard error when it ends.
 */
const [mode = ""] = Deno.args;
const encoder = new TextEncoder();
const say = (text: string) => Deno.stdout.writeSync(encoder.encode(text));

/** How the probe is answered that has this TTL. */
const OUTCOMES = [
  "reply ip-4 192.0.2.1 round-trip-time 1500",
  "ttl-expired ip-4 192.0.2.2 round-trip-time 250 mpls 16,1,0,63,1048575,7,1,255",
  "no-reply",
  "no-route",
  "no-route ip-4 192.0.2.3 round-trip-time 7",
  "network-down",
  "host-unreachable ip-6 2001:db8::1 round-trip-time 9",
  "permission-denied",
  "address-in-use",
  "address-not-available",
  "invalid-argument reason protocol-not-supported",
  "unexpected-error errno 90",
  "unknown-command",
  "command-parse-error",
];

const held: string[] = [];
let probes = 0;
let patience: ReturnType<typeof setTimeout> | undefined;

function probe(token: string, words: readonly string[]): void {
  probes++;
  const ttl = Number(words[words.indexOf("ttl") + 1]);
  switch (mode) {
    case "outcomes":
      say(`${token} ${OUTCOMES[ttl - 1]}\n`);
      break;
    case "backwards": // answers ten at once, the last first, each with its TTL for a time
      held.unshift(`${token} reply ip-4 192.0.2.1 round-trip-time ${ttl}\n`);
      if (held.length === 10) say(held.splice(0).join(""));
      break;
    case "halves": {
      const line = `${token} reply ip-4 192.0.2.1 round-trip-time 1500\r\n`;
      say(line.slice(0, 5));
      setTimeout(() => say(line.slice(5)), 20);
      break;
    }
    case "three": // keeps three probes at once
      if (held.length === 3) {
        say(`${token} probes-exhausted\n`);
        break;
      }
      held.push(token);
      setTimeout(() => say(`${held.shift()} reply ip-4 192.0.2.1 round-trip-time 1\n`), 5);
      break;
    case "apart": // answers the first when it is asked for no more, as lost when that were too many
      if (probes === 1) held.push(token);
      else say(`${token} reply ip-4 192.0.2.1 round-trip-time 1\n`);
      clearTimeout(patience);
      if (held.length === 0) break;
      patience = setTimeout(() => {
        const answer = probes < 32_500 ? "reply ip-4 192.0.2.1 round-trip-time 1" : "no-reply";
        say(`${held.pop()} ${answer}\n`);
      }, 300);
      break;
    case "exhausted":
      say(`${token} probes-exhausted\n`);
      break;
    case "garbage":
      say("Segmentation fault, or so\n");
      break;
    case "endless-line":
      say("1".repeat(20_000));
      break;
    case "parse-error":
      say("0 command-parse-error\n");
      break;
    case "strange-token":
      say(`${Number(token) + 1000} reply ip-4 192.0.2.1 round-trip-time 1\n`);
      break;
    case "dies": // at the third probe, in the middle of a line
      if (probes < 3) break;
      say("4 repl");
      console.error("stand-in: out of ideas.");
      Deno.exit(3);
      break;
    case "answers-and-dies":
      say(`${token} reply ip-4 192.0.2.1 round-trip-time 1500\n`);
      Deno.exit(0);
      break;
    case "killed":
      Deno.kill(Deno.pid, "SIGKILL");
      break;
    case "echo":
      say(`${token} invalid-argument reason ${words.join("_")}\n`);
      break;
    case "silent":
  }
}

if (mode === "forbidden") {
  console.error("mtr-packet: Failure to open IPv4 sockets: Operation not permitted");
  Deno.exit(1);
}
let text = "";
const decoder = new TextDecoder();
for await (const chunk of Deno.stdin.readable) {
  text += decoder.decode(chunk, { stream: true });
  const lines = text.split("\n");
  text = lines.pop()!;
  for (const line of lines) {
    const [token = "", command, ...words] = line.split(" ");
    if (command === "send-probe") probe(token, words);
    else if (mode === "sleepy") continue;
    else {
      const answer = mode === "unable" ? "no" : words[1] === "version" ? "9.9" : "ok";
      say(`${token} feature-support support ${words[1] === "sctp" ? "no" : answer}\n`);
    }
  }
}
