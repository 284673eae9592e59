import { libc } from "../../src/host/libc.ts";
import { cString } from "../../src/host/libpcap.ts";
import { hasRoom } from "../../src/host/room.ts";
import { Folder } from "./temporary.ts";

/** `O_RDWR | O_NONBLOCK | O_CLOEXEC`: both ends, so that neither opening nor reading waits. */
const BOTH_ENDS = 0o2004002;
const PIECE = 1 << 16;

/** A named pipe that is read only when the test does so. */
export class UnreadPipe implements Disposable {
  readonly #folder = new Folder();
  readonly #fd: number;
  #text = "";
  readonly path = this.#folder.at("pipe");

  constructor() {
    new Deno.Command("mkfifo", { args: [this.path] }).outputSync();
    this.#fd = libc.open(cString(this.path), BOTH_ENDS);
    if (this.#fd < 0) throw new Error("cannot open the pipe");
  }

  /** Whether a writer to it has to wait. */
  get full(): boolean {
    return !hasRoom(this.#fd);
  }

  /** Reads all that is in it now; what was read from the beginning on. */
  read(): string {
    const piece = new Uint8Array(PIECE);
    for (;;) {
      const got = libc.read(this.#fd, piece, BigInt(PIECE));
      if (got <= 0) return this.#text;
      this.#text += new TextDecoder().decode(piece.subarray(0, got));
    }
  }

  [Symbol.dispose](): void {
    libc.close(this.#fd);
    this.#folder[Symbol.dispose]();
  }
}
