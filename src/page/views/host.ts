import { useEffect, useRef, useState } from "preact/hooks";
import { useAnswer } from "../ask.ts";
import { html } from "../html.ts";
import { Chart } from "../parts/chart.ts";
import { Nothing, ProblemNotice, Waiting } from "../parts/notice.ts";
import type { Interface, Status } from "../records.ts";
import { bitRate, count, duration } from "../words.ts";

const EVERY = 2000;
/** Points of a chart. */
const MOST = 150;

/** Rates of interfaces as they were seen. */
interface Seen {
  readonly at: number;
  readonly rates: ReadonlyMap<string, { readonly rx: number; readonly tx: number }>;
}

/** The host: what runs on it, and what goes through its interfaces. */
export function HostView() {
  const status = useAnswer<Status>("/status", EVERY * 5);
  const network = useAnswer<{ readonly interfaces: readonly Interface[] }>("/netinfo", EVERY);
  const [seen, setSeen] = useState<readonly Seen[]>([]);
  const last = useRef<unknown>(null);
  useEffect(() => {
    if (network.value === null || network.value === last.current) return;
    last.current = network.value;
    const rates = new Map(
      network.value.interfaces.flatMap(({ name, rates }) =>
        rates === null ? [] : [[name, rates] as const]
      ),
    );
    setSeen((before) => [...before.slice(1 - MOST), { at: Date.now() / 1000, rates }]);
  }, [network.value]);
  return html`<h1>Host</h1>
    <${ProblemNotice} problem=${status.problem} />
    ${
    status.value !== null && html`
      <dl class="facts">
        <div>
          <dt>Version</dt>
          <dd>${status.value.version}</dd>
        </div>
        <div>
          <dt>Runs for</dt>
          <dd>${duration(status.value.since, null)}</dd>
        </div>
        <div>
          <dt>Measurements that wait or run</dt>
          <dd>${count(status.value.measurements.waiting)}</dd>
        </div>
        <div>
          <dt>Memory</dt>
          <dd>${count(Math.round(status.value.memory / 1e6))} MB</dd>
        </div>
      </dl>
    `
  }
    <h2>Interfaces</h2>
    ${
    network.problem?.status === 404
      ? html`<${Nothing}>This server does not tell of its interfaces: its endpoint <code>netinfo</code> is not loaded.</${Nothing}>`
      : html`<${ProblemNotice} problem=${network.problem} />`
  }
    ${network.value === null && network.problem === null && html`<${Waiting} />`}
    <div class="cards">${
    network.value?.interfaces.toSorted((a, b) => b.addresses.length - a.addresses.length).map((
      one,
    ) => html`<${InterfaceCard} key=${one.name} one=${one} seen=${seen} />`)
  }</div>`;
}

function InterfaceCard({ one, seen }: { readonly one: Interface; readonly seen: readonly Seen[] }) {
  const { name, addresses, rates } = one;
  const values = (way: "rx" | "tx") => seen.map(({ rates }) => rates.get(name)?.[way] ?? null);
  return html`<section class="card" aria-labelledby="interface-${name}">
    <h3 id="interface-${name}">${name}</h3>
    <ul class="plain mono">${
    addresses.map(({ address, prefix }) => {
      const text = String(prefix).includes("/") ? String(prefix) : `${address}/${prefix}`;
      return html`<li key=${address}>${text}</li>`;
    })
  }</ul>
    ${
    rates === null ? html`<p class="muted">Its rates are not known yet.</p>` : html`
      <p
        class="rates"><span>in <strong>${bitRate(
          rates.rx,
        )}</strong></span> <span>out <strong>${bitRate(rates.tx)}</strong></span></p>
      <${Chart} label="Rates of ${name}: in ${bitRate(rates.rx)}, out ${bitRate(rates.tx)}"
        times=${seen.map(({ at }) => at)} height=${140} text=${bitRate}
        series=${[{ label: "in", values: values("rx") }, { label: "out", values: values("tx") }]} />
    `
  }
  </section>`;
}
