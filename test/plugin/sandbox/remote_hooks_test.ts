import { assert, assertEquals } from "@std/assert";
import { RemoteHooks } from "../../../src/plugin/sandbox/chain/remote_hooks.ts";
import { HEAD, partsOf, STATE } from "../../../src/plugin/sandbox/chain/shared_memory.ts";
import type { ChainMessage } from "../../../src/plugin/sandbox/message.ts";
import type { Sandbox } from "../../../src/plugin/sandbox/sandbox.ts";
import { END, FLOW, IP, SIZE, TRANSPORT, WORDS } from "../../../src/observe/views/descriptor.ts";

/** A worker that answers at once, and remembers what lay in the memory. */
class Memory {
  readonly seen: { readonly words: Uint32Array; readonly octets: Uint8Array }[] = [];
  #parts: ReturnType<typeof partsOf> | undefined;

  send({ loan }: ChainMessage): void {
    this.#parts = partsOf(loan!.memory);
  }

  answered(head: Int32Array): number {
    const { words, octets } = this.#parts!;
    this.seen.push({
      words: words.slice(0, head[HEAD.packets]! * WORDS),
      octets: octets.slice(0, head[HEAD.octets]),
    });
    return STATE.answered;
  }
}

Deno.test("a chain's worker gets the packets that it is shown, and none that lies between them", () => {
  const memory = new Memory();
  const remote = new RemoteHooks(memory as unknown as Sandbox, "test", {});
  // Three packets of 40 octets, each behind 30 octets of headers; the second is of no flow
  const input = new Uint8Array(1000);
  const words = new Uint32Array(4 * SIZE / 4);
  [100, 170, 240, 310].forEach((ip, at) => {
    input.fill(at + 1, ip, ip + 40);
    words.set([at === 1 ? 0 : 7, ip, ip + 20, ip + 40], at * WORDS + FLOW);
  });
  const packets = { words, times: new Float64Array(words.buffer), list: 0, count: 4 };
  remote.walk(remote.open(), packets, input, () => {});
  const [{ words: told, octets }] = memory.seen as [typeof memory.seen[number]];
  for (const at of [0, 2, 3]) {
    const of = (place: number) => told[at * WORDS + place]!;
    assertEquals(octets.slice(of(IP), of(END)), new Uint8Array(40).fill(at + 1));
    assertEquals(of(TRANSPORT), of(IP) + 20);
  }
  assert(!octets.includes(2), "the packet of no flow crossed");
});
