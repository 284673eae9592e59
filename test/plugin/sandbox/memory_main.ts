/** Runs a plugin that takes memory without end; exits with 1 and the message about it. */
import { Confined } from "./confined.ts";

const confined = await Confined.start(`
  export default {
    preConnect() {
      const all = [];
      for (;;) all.push(new Uint8Array(2 ** 20).fill(1));
    },
  };`);
try {
  await confined.sandbox.call("preConnect", []);
} catch (error) {
  console.error((error as Error).message);
  confined[Symbol.dispose]();
  Deno.exit(1);
}
