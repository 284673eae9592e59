/**
 * Runs a plugin that takes memory without end; exits with 1 and the message about it. It takes little a
 * call: on a busy machine it would be ended for its time before it has taken more than it may.
 */
import { Confined } from "./confined.ts";

const confined = await Confined.start(`
  const all = [];
  export default {
    preConnect() {
      all.push(new Uint8Array(2 ** 25).fill(1));
    },
  };`);
try {
  for (;;) await confined.sandbox.call("preConnect", []);
} catch (error) {
  console.error((error as Error).message);
  confined[Symbol.dispose]();
  Deno.exit(1);
}
