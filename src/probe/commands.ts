import { isSameAddress } from "../host/address.ts";
import { errnoName } from "../host/errno.ts";
import { type Address, probeArguments, type ProbeOptions } from "./probe_options.ts";
import type { ProbeResult } from "./probe_result.ts";
import type { Reply } from "./reply.ts";
import { Waiting } from "./waiting.ts";

type Settle<T> = (value: T) => void;

/** `check-support`: its result is mtr-packet's word. */
export class SupportCommand extends Waiting {
  constructor(
    private readonly feature: string,
    patience: number,
    private readonly resolve: Settle<string>,
    private readonly reject: Settle<unknown>,
  ) {
    super(patience);
  }

  text(): string {
    return `check-support feature ${this.feature}`;
  }

  replied({ support }: Reply): void {
    this.resolve(support ?? "no");
  }

  failed(error: unknown): void {
    this.reject(error);
  }
}

/** `send-probe`. */
export class ProbeCommand extends Waiting {
  constructor(
    private readonly to: Address,
    private readonly from: Address | null,
    private readonly options: ProbeOptions,
    patience: number,
    private readonly resolve: Settle<ProbeResult>,
    private readonly reject: Settle<unknown>,
  ) {
    super(patience, options.signal);
  }

  text(): string {
    return `send-probe ${probeArguments(this.to, this.from, this.options)}`;
  }

  replied({ outcome, timeUs, responder, mpls, errno, reason }: Reply): void {
    this.resolve({
      success: outcome === "reply" && responder !== null && isSameAddress(responder, this.to.text),
      // A reply to another command is ignored
      result: outcome === "feature-support" ? "unexpected-error" : outcome,
      timeMs: timeUs === null ? null : timeUs / 1000,
      responder,
      mpls,
      reason: errno === null ? reason : errnoName(errno),
    });
  }

  failed(error: unknown): void {
    this.reject(error);
  }

  override get way(): string {
    return `${this.to.text} ${this.from?.text ?? ""}`;
  }

  override deadly(crash: string): void {
    this.resolve({
      success: false,
      result: "unexpected-error",
      timeMs: null,
      responder: null,
      mpls: [],
      reason: crash,
    });
  }
}
