import { fileURLToPath } from "node:url";
import { NEAR, type TargetLab } from "./target_lab.ts";
import { runWithin } from "../../src/lab/topology/build.ts";

/** The port that the proxy listens on. */
const PORT = 9999;

/** A transparent proxy on a router: whatever is sent to a port behind it, it answers itself. */
export class Proxy implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
  }

  /**
   * Starts one, and waits until it answers.
   *
   * @param match what is redirected to it, in the language of nft: `tcp dport 80`
   */
  static async open(router: string, match: string): Promise<Proxy> {
    const script = fileURLToPath(new URL("proxy_main.ts", import.meta.url));
    const child = new Deno.Command("ip", {
      args: [
        ...["netns", "exec", router, Deno.execPath(), "run", "--no-check", "-A", script],
        String(PORT),
      ],
      stdout: "piped",
    }).spawn();
    const reader = child.stdout.getReader();
    if ((await reader.read()).done) throw new Error("the proxy ended early");
    await reader.cancel();
    runWithin(
      router,
      ["nft", "-f", "-"],
      `table inet proxy {
  chain divert {
    type nat hook prerouting priority dstnat
    iifname "${NEAR}" ${match} redirect to :${PORT}
  }
}
`,
    );
    return new Proxy(child);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
  }
}

/** Opens a proxy on a router of a lab, by its number from 1. */
export function proxyOn(lab: TargetLab, router: number, match: string): Promise<Proxy> {
  return Proxy.open(lab.routers[router - 1]!, match);
}
