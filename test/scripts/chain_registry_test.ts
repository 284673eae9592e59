import { assert, assertMatch, assertThrows } from "@std/assert";
import { chainRegistry } from "../../scripts/build/chain_registry.ts";
import type { ChainRow } from "../../wasm/chains.ts";

/** The source of a chain's file, as far as the registry reads it. */
function file(name: string, update = "(at: usize): void"): string {
  const ends = update.endsWith("bool") ? 'export const ENDS = "its answer";\n' : "";
  return `export const NAME = "${name}";\n${ends}export const SIZE: usize = 1;\nexport function update${update} {}\n`;
}

function made(rows: readonly ChainRow[], read = (name: string) => file(name)): string {
  return chainRegistry([{ name: "basic", sees: "nothing" }, ...rows], read);
}

Deno.test("a row is all that a chain takes: its bit, place and calls follow", () => {
  const row: ChainRow = { name: "mine", sees: "udp" };
  const source = made(
    [row],
    (name) => file(name, "(flow: Flow, at: usize, packet: Packet, reverse: bool): bool"),
  );
  assert(source.includes("chain(mine.NAME, mine.SUMMARY, mine.ENDS, false);\n  mine.declare();"));
  assertMatch(source, /if \(widthOf\(mine\.SIZE\) == width\) mineAt = put\(1, mine\.SIZE\);/);
  const call = "mine.update(changetype<Flow>(flow), flow + mineAt, packet, reverse)";
  assert(source.includes(`if ((on & 2) != 0) over = ${call} || over;`));
});

Deno.test("a chain with an annex keeps its address in the flow, and gives it back with the flow", () => {
  const annexed = file("mine").replace("SIZE", "ANNEX");
  const source = made(
    [{ name: "mine", sees: "udp" }],
    (name) => name === "mine" ? annexed : file(name),
  );
  assert(source.includes('chain(mine.NAME, mine.SUMMARY, "", true);'));
  assert(source.includes("if (widthOf(HANDLE) == width) mineAt = put(1, HANDLE);"));
  assert(source.includes("giveBlock(annex, mine.ANNEX);"));
  assert(!source.includes("mine.release(annex);"));
  const giving = made(
    [{ name: "mine", sees: "udp" }],
    (name) =>
      name !== "mine" ? file(name) : `${annexed}export function release(annex: usize): void {}\n`,
  );
  assert(giving.includes("mine.release(annex);"));
});

Deno.test("what it sees the options of a SYN for, or needs, is switched on with it", () => {
  const source = made([
    { name: "first", sees: "syn" },
    { name: "second", sees: "tcp", options: true, needs: ["first"] },
  ]);
  assert(source.includes("if (isOn(2)) mask |= 1 << 1;"));
  assert(source.includes("if ((on & 6) != 0 && (packet.flags & tcpHeader.SYN) != 0) {"));
});

Deno.test("what is wrong with a row or its file is reported with its name", () => {
  const mine: ChainRow = { name: "mine", sees: "ip" };
  for (
    const [rows, source, message] of [
      [[mine, mine], file("mine"), "Two chains are called mine"],
      [[mine], file("other"), 'mine.ts must say `export const NAME = "mine";`'],
      [[mine], 'export const NAME = "mine";', "mine.ts must say `export const SIZE"],
      [
        [mine],
        file("mine", "(): bool").replace(/^.*ENDS.*\n/m, ""),
        'mine.ts must say `export const ENDS = "...";`',
      ],
      [[mine], file("mine", "(): i32"), "mine.ts must have `export function update(...)`"],
      [[mine], file("mine", "(packt: Packet): void"), "The parameter packt of update in"],
      [[{ ...mine, needs: ["later"] }, { name: "later", sees: "ip" }], "", "mine needs later"],
      [
        Array.from({ length: 32 }, (_, at) => ({ name: `c${at}`, sees: "ip" as const })),
        "",
        "there are 33 chains, and the mask of a flow table has 32 bits",
      ],
    ] as const
  ) {
    assertThrows(
      () => made(rows, (name) => name === "mine" && source !== "" ? source : file(name)),
      RangeError,
      message,
    );
  }
});
