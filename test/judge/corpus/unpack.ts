import { PACKING_BEGIN, packingOf } from "../../../src/host/packing.ts";
import { beginsAsCapture } from "./files.ts";
import { type NoCapture, type NotJudged, notJudged } from "./verdict.ts";

/** Octets of an unpacked capture at most. */
const MOST = 2 ** 30;

/** Where a capture is that any program can read, or why there is none. */
export type Plain =
  | { readonly path: string }
  | { readonly path: null; readonly verdict: NotJudged | NoCapture };

/**
 * A capture that any program can read: the file itself, or what its own program unpacks, written to
 * `to`. Damaged data is unpacked as far as it goes.
 */
export async function plain(path: string, to: string, seconds: number): Promise<Plain> {
  const packing = packingOf(beginOf(path));
  if (packing === null) return { path };
  using packed = Deno.openSync(path);
  const child = new Deno.Command("timeout", {
    args: ["--signal=KILL", `${seconds}`, packing.name, "-dc"],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  // What ends before it has read all, such as at damage, breaks the pipe
  const fed = packed.readable.pipeTo(child.stdin).catch(() => {});
  let octets = 0;
  using file = Deno.openSync(to, { write: true, create: true, truncate: true });
  for await (const piece of child.stdout) {
    octets += piece.length;
    if (octets > MOST) break;
    for (let at = 0; at < piece.length;) at += file.writeSync(piece.subarray(at));
  }
  await fed;
  const { signal } = await child.status;
  if (octets > MOST) {
    return none(`it has more than ${MOST} octets unpacked`);
  }
  if (signal === "SIGKILL") {
    return none(`${packing.name} does not unpack it within ${seconds} s`);
  }
  return beginsAsCapture(beginOf(to)) ? { path: to } : NO_CAPTURE;
}

const NO_CAPTURE: Plain = { path: null, verdict: { kind: "no capture" } };

function none(reason: string): Plain {
  return { path: null, verdict: notJudged("it is not unpacked within the bounds", reason) };
}

function beginOf(path: string): Uint8Array {
  const octets = new Uint8Array(PACKING_BEGIN);
  using file = Deno.openSync(path);
  return octets.subarray(0, file.readSync(octets) ?? 0);
}
