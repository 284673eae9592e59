import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { libc } from "../../src/host/libc.ts";
import { LoopDeadlines } from "../../src/host/loop_deadlines.ts";
import { Reactor, READY } from "../../src/host/reactor.ts";

const NONBLOCK = 0o4000;

/** A descriptor that is readable from the start (value 1) or not until written to (value 0). */
function eventfd(value: number): number {
  const fd = libc.eventfd(value, NONBLOCK);
  if (fd < 0) throw new Error("eventfd failed");
  return fd;
}

/** Runs a reactor through a scenario that ends by calling `stop`. */
async function scenario(play: (reactor: Reactor) => void): Promise<void> {
  using reactor = new Reactor();
  play(reactor);
  await reactor.run();
}

Deno.test("a descriptor is reported while it is ready, until it is removed", async () => {
  const fd = eventfd(1);
  let calls = 0;
  await scenario((reactor) => {
    reactor.add(fd, READY.read, (events) => {
      assertEquals(events, READY.read);
      if (++calls < 3) return;
      reactor.remove(fd);
      reactor.onTurn(() => reactor.stop());
    });
  });
  assertEquals(calls, 3);
  libc.close(fd);
});

Deno.test("modify changes what is reported", async () => {
  const fd = eventfd(0);
  const seen: number[] = [];
  await scenario((reactor) => {
    reactor.add(fd, READY.write, (events) => {
      seen.push(events);
      if (seen.length === 1) {
        reactor.modify(fd, READY.read);
        libc.eventfd_write(fd, 1n);
      } else reactor.stop();
    });
  });
  assertEquals(seen, [READY.write, READY.read]);
  libc.close(fd);
});

for (const how of ["remove", "removeClosing"] as const) {
  Deno.test(`an event of a closed descriptor does not reach the one that took its number: ${how}`, async () => {
    const pair = [eventfd(1), eventfd(1)];
    let opened = -1;
    let stale = 0;
    await scenario((reactor) => {
      for (const fd of pair) {
        reactor.add(fd, READY.read, () => {
          // Both are ready in this turn; whichever comes first replaces the other.
          const other = pair.find((one) => one !== fd)!;
          reactor[how](other);
          libc.close(other);
          opened = eventfd(0);
          assertEquals(opened, other);
          reactor.add(opened, READY.read, () => stale++);
          reactor[how](fd);
          libc.close(fd);
          reactor.onTurn(() => reactor.stop());
        });
      }
    });
    assertEquals(stale, 0);
    libc.close(opened);
  });
}

Deno.test("what a handler throws ends the run", async () => {
  using reactor = new Reactor();
  const fd = eventfd(1);
  reactor.add(fd, READY.read, () => {
    throw new RangeError("from the handler");
  });
  await assertRejects(() => reactor.run(), RangeError, "from the handler");
  libc.close(fd);
});

Deno.test("timers and reading go on while a descriptor is always ready", async () => {
  const fd = eventfd(1);
  let bytes = 0;
  await scenario((reactor) => {
    reactor.add(fd, READY.read, () => {});
    setTimeout(async () => {
      const child = new Deno.Command("echo", { args: ["heard"], stdout: "piped" }).spawn();
      for await (const piece of child.stdout) bytes += piece.length;
      await child.status;
      reactor.stop();
    }, 5);
  });
  assertEquals(bytes, "heard\n".length);
  libc.close(fd);
});

Deno.test("turns come without events, and at once after wake", async () => {
  let turns = 0;
  await scenario((reactor) => {
    reactor.onTurn(() => {
      if (++turns === 1000) reactor.stop();
      else if (turns > 3) reactor.wake(); // 997 turns that waited would take 20 seconds
    });
  });
  assertEquals(turns, 1000);
});

Deno.test("a loop that everything wakes has few turns, and ends at once", async () => {
  let turns = 0;
  using reactor = new Reactor(3_600_000);
  reactor.onTurn(() => {
    // The first turns are those of the wakes; the last is that of the end
    if (++turns === 3) setTimeout(() => reactor.stop(), 50);
    else reactor.wake();
  });
  reactor.wake();
  await reactor.run();
  assertEquals(turns, 4);
});

Deno.test("a turn comes soon when it is asked for, also while the loop waits for longer", async () => {
  let turns = 0;
  using reactor = new Reactor(3_600_000);
  reactor.onTurn(() => {
    // Asked for in a turn, and then from outside of one
    if (++turns === 1) reactor.soon(1);
    else if (turns === 2) setTimeout(() => reactor.soon(1), 20);
    else reactor.stop();
  });
  reactor.wake();
  await reactor.run();
  assertEquals(turns, 3);
});

Deno.test("deadlines wake the loop, the next one first, and one that is taken back not at all", async () => {
  const passed: string[] = [];
  using reactor = new Reactor(3_600_000);
  const deadlines = new LoopDeadlines(reactor);
  const running = reactor.run();
  const ended = Promise.withResolvers<void>();
  await new Promise((resolve) => setTimeout(resolve, 20));
  deadlines.set(60, () => {
    passed.push("second");
    ended.resolve();
  });
  deadlines.set(5, () => passed.push("first"));
  deadlines.cancel(deadlines.set(20, () => passed.push("never")));
  await ended.promise;
  reactor.stop();
  await running;
  assertEquals(passed, ["first", "second"]);
});

Deno.test("a reactor that runs cannot be closed, nor run twice", async () => {
  using reactor = new Reactor();
  const running = reactor.run();
  assertThrows(() => reactor.close(), Error, "still runs");
  await assertRejects(() => reactor.run(), Error, "runs already");
  reactor.stop();
  await running;
});

Deno.test("a descriptor that cannot be watched is an error", () => {
  using reactor = new Reactor();
  assertThrows(() => reactor.add(1 << 20, READY.read, () => {}), Error, "EBADF");
  assertThrows(() => reactor.modify(1 << 20, READY.read), Error, "not watched");
  assertThrows(() => reactor.remove(1 << 20), Error, "not watched");
});

Deno.test("a pause of the whole program hardly counts on the loop's clock", async () => {
  using reactor = new Reactor();
  const running = reactor.run();
  const turn = () => new Promise((resolve) => setTimeout(resolve, 50));
  await turn();
  const before = reactor.now;
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
  await turn();
  const counted = reactor.now - before;
  reactor.stop();
  await running;
  // At least 1,100 have passed, and in the last 50 of them it listened
  assert(counted >= 50 && counted < 1000, `${counted} ms`);
});

Deno.test("turns in which the program is behind do not count on the loop's clock", async () => {
  const TURNS = 20;
  const seen: number[] = [];
  await scenario((reactor) => {
    reactor.onTurn(() => {
      seen.push(reactor.now);
      if (seen.length > TURNS) return reactor.stop();
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
      reactor.behind();
      reactor.wake();
    });
  });
  // Of each turn, at most what came before the program said so was on the clock, and was subtracted
  const counted = seen.at(-1)! - seen[0]!;
  assert(counted < TURNS * 5, `${counted} ms of ${TURNS} turns of 5 ms and more`);
});
