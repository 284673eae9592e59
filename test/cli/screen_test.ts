import { assert, assertEquals } from "@std/assert";
import { type Canvas, Screen } from "../../src/cli/terminal/screen.ts";

/** A terminal of so many lines that keeps what is written. */
function canvas(rows: number): Canvas & { readonly frames: string[] } {
  const frames: string[] = [];
  return {
    frames,
    rows: () => rows,
    writeSync(octets) {
      frames.push(new TextDecoder().decode(octets));
      return octets.length;
    },
  };
}

/** What a frame shows, without control characters. */
function shown(frame: string | undefined): string[] {
  // deno-lint-ignore no-control-regex -- that is what is to be taken away
  return (frame ?? "").replaceAll(/\x1b\[[?\d]*[A-Za-z]/g, "").split("\n").slice(0, -1);
}

Deno.test("a frame holds the lines there are, cut off at the bottom of the terminal", () => {
  const terminal = canvas(4);
  let lines = ["one", "two"];
  const screen = new Screen(() => lines, () => {}, terminal);
  screen.draw();
  lines = ["one", "two", "three", "four", "five"];
  screen.draw();
  screen.stop();
  assertEquals(terminal.frames.slice(1, 3).map(shown), [
    ["one", "two"],
    ["one", "two", "three"],
  ]);
  assert(terminal.frames[1]?.endsWith("\x1b[J\x1b[?7h"), "what stood below is cleared, lines wrap");
  assertEquals(shown(terminal.frames[3]), []);
});

Deno.test("a terminal that is gone is reported once", async () => {
  let gone = 0;
  let writes = 0;
  const told = new Promise<void>((resolve) => {
    const broken: Canvas = {
      rows: () => 10,
      writeSync(octets) {
        if (++writes > 1) throw new Deno.errors.BrokenPipe();
        return octets.length;
      },
    };
    new Screen(() => ["line"], () => {
      gone++;
      resolve();
    }, broken);
  });
  await told;
  assertEquals(gone, 1);
});
