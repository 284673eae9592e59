import type {
  Connection,
  ConnectOptions,
  Connector,
  Endpoint,
  NamedJob,
  Spider,
} from "../../src/mod.ts";

/** Where name servers listen. */
const PORT = 53;

/** How many answers are kept at once: as many as can be under way, with both arms of every worker. */
const MOST_KEPT = 20_000;

/** How long a failure is kept, and a name without an address, in seconds (RFC 9520, section 3.2). */
const WITHOUT_TTL = 30;

/**
 * Response codes of servers that do not support EDNS, or not this version of it (16 is BADVERS).
 */
const REFUSES_EDNS: ReadonlySet<string> = new Set(["FORMERR", "NOTIMP", "RCODE_16"]);

/** Outcomes of a connection that got nothing, or no answer. */
const SILENT: ReadonlySet<string | null> = new Set(["ETIMEDOUT", "EPROTO", "ENODATA"]);

/** What the connection types `dnsudp` and `dnstcp` add to a record, as far as it is read here. */
interface Answer {
  readonly dns_name: string | null;
  readonly dns_rcode: string | null;
  readonly dns_truncated: boolean | null;
  readonly dns_complete: boolean | null;
  readonly dns_answers: readonly {
    readonly name: string;
    readonly type: string;
    readonly ttl: number;
    readonly data: unknown;
  }[];
}

type AddressType = "A" | "AAAA";
const TYPES: readonly AddressType[] = ["A", "AAAA"];

function answerOf(connection: Connection): Answer {
  return connection.fields as unknown as Answer;
}

/** A name server and its state. */
interface Server {
  readonly remote: Endpoint;
  /** Whether it answers questions with EDNS; null while that is not known. */
  edns: boolean | null;
}

/**
 * State of a run: the servers to ask, and the questions asked, so that no name is resolved twice.
 */
class Memory {
  readonly #servers: Server[];
  readonly #kept = new Map<string, { readonly answer: Promise<Connection>; until: number }>();

  constructor({ options, nameServers }: Connector) {
    const given = options.resolver as readonly string[];
    const remotes = given.length > 0
      ? given.map(endpointOf)
      : nameServers.map((address) => ({ address, port: PORT }));
    this.#servers = remotes.map((remote) => ({ remote, edns: null }));
  }

  /** The name servers to ask, in turn. */
  get servers(): readonly Server[] {
    return [...this.#servers];
  }

  /** Puts a server last, so that a dead one does not cost every name its time. */
  silent(server: Server): void {
    this.#servers.push(...this.#servers.splice(this.#servers.indexOf(server), 1));
  }

  /** The cached answer while it is valid, the pending one, or that of a new query. */
  answer(key: string, ask: () => Promise<Connection>): Promise<Connection> {
    const known = this.#kept.get(key);
    if (known !== undefined && performance.now() < known.until) return known.answer;
    const kept = { answer: ask(), until: Infinity };
    kept.answer.then(
      (connection) => kept.until = performance.now() + 1000 * secondsOf(connection),
      () => this.#kept.delete(key), // the caller gets the error
    );
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    if (this.#kept.size > MOST_KEPT) this.#kept.delete(this.#kept.keys().next().value!);
    return kept.answer;
  }
}

/** How long an answer holds: as long as the first of its records to go out of date. */
function secondsOf(connection: Connection): number {
  const { dns_answers } = answerOf(connection);
  return dns_answers.length === 0 ? WITHOUT_TTL : Math.min(...dns_answers.map(({ ttl }) => ttl));
}

/** State of each run, keyed by its options object. */
const memories = new WeakMap<Connector["options"], Memory>();

function memoryOf(connector: Connector): Memory {
  let memory = memories.get(connector.options);
  if (memory === undefined) memories.set(connector.options, memory = new Memory(connector));
  return memory;
}

/**
 * `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1`, `fe80::1%eth0` or `[2001:db8::1]:5353`, which was
 * checked before.
 */
function endpointOf(text: string): Endpoint {
  const [, bracketed, plain, port] = /^(?:\[(.*)\]|([^:]*))(?::(\d+))?$/.exec(text) ?? [];
  return { address: bracketed ?? plain ?? text, port: port === undefined ? PORT : Number(port) };
}

/**
 * Asks one server after the other until one has the answer; otherwise returns the reply of one that
 * replied at all, if any.
 */
async function lookUp(
  type: AddressType,
  connector: Connector,
  memory: Memory,
): Promise<Connection> {
  let best: Connection | null = null;
  for (const server of memory.servers) {
    const made = await askOne(server, type, connector);
    if (isFinal(made)) return made;
    if (answerOf(made).dns_rcode === null) memory.silent(server);
    if (best === null || answerOf(best).dns_rcode === null) best = made;
  }
  return best!;
}

/** Asks one server, over TCP too when its answer does not fit a datagram (RFC 7766, section 5). */
async function askOne(
  server: Server,
  type: AddressType,
  connector: Connector,
): Promise<Connection> {
  const made = await askOver({}, server, type, connector);
  if (!answerOf(made).dns_truncated) return made;
  return await askOver({ type: "dnstcp" }, server, type, connector);
}

/**
 * Asks with EDNS, and once more without where a server fails such questions (RFC 6891, section 7).
 * From then on that server is asked without EDNS. So is one that answers neither question: once it
 * is back it answers a plain question in any case, and a dead server costs each name one timeout,
 * not two.
 */
async function askOver(
  over: Pick<ConnectOptions, "type">,
  server: Server,
  type: AddressType,
  connector: Connector,
): Promise<Connection> {
  const { remote } = server;
  const plain = () => connector.connect({ ...over, remote, dns: { type, edns: false } });
  if (server.edns === false) return await plain();
  const made = await connector.connect({ ...over, remote, dns: { type } });
  if (!failsEdns(made, server)) {
    if (answerOf(made).dns_rcode !== null) server.edns = true;
    return made;
  }
  const second = await plain();
  const { dns_rcode } = answerOf(second);
  if (dns_rcode === null && answerOf(made).dns_rcode !== null) return made;
  // Another question may have been answered meanwhile
  if (server.edns === null && !REFUSES_EDNS.has(dns_rcode ?? "")) server.edns = false;
  return second;
}

/**
 * Whether EDNS may be why a server did not answer. Of a server known to support EDNS, silence has
 * other causes.
 */
function failsEdns(connection: Connection, { edns }: Server): boolean {
  const { dns_name, dns_rcode } = answerOf(connection);
  if (dns_name === null) return false;
  return dns_rcode === null
    ? edns !== true && SILENT.has(connection.errno)
    : REFUSES_EDNS.has(dns_rcode);
}

/** Whether another server would not know better: the name is known, or not there, or none at all. */
function isFinal(connection: Connection): boolean {
  const { dns_name, dns_rcode, dns_truncated, dns_complete } = answerOf(connection);
  if (dns_name === null || connection.errno === "ECANCELED") return true;
  return dns_complete === true &&
    (dns_rcode === "NOERROR" && !dns_truncated || dns_rcode === "NXDOMAIN");
}

/** The addresses in an answer, at the end of the aliases that it gives (RFC 1034, section 3.6.2). */
function addressesIn({ dns_name, dns_answers }: Answer, type: AddressType): readonly string[] {
  const names = new Set([dns_name]);
  const aliases = dns_answers.filter((answer) => answer.type === "CNAME");
  // They may stand in any order
  for (let before = 0; before < names.size;) {
    before = names.size;
    for (const { name, data } of aliases) {
      if (names.has(name.toLowerCase())) names.add(String(data).toLowerCase());
    }
  }
  return dns_answers
    .filter((answer) => answer.type === type && names.has(answer.name.toLowerCase()))
    .map(({ data }) => String(data));
}

/** The outcome of the query for one type of address, as the end of a condition's name. */
function ending(flow: Answer & { readonly spdr_outcome: string }, type: AddressType): string {
  if (flow.dns_name === null) return "bad_name";
  if (addressesIn(flow, type).length > 0 && !flow.dns_truncated) return "resolved";
  // A server without recursion that has no answer returns a referral (RFC 1034, section 4.3.1)
  if (flow.dns_complete === false) return "failed:referral";
  if (flow.dns_rcode === "NXDOMAIN") return "nxdomain";
  if (flow.dns_rcode !== "NOERROR" || flow.dns_truncated) {
    return `failed:${flow.dns_rcode ?? flow.spdr_outcome}`;
  }
  return "no_address";
}

function connectFor(type: AddressType) {
  return ({ domain }: NamedJob, connector: Connector) => {
    const memory = memoryOf(connector);
    const key = `${type} ${domain.toLowerCase().replace(/\.$/, "")}`;
    return memory.answer(key, () => lookUp(type, connector, memory));
  };
}

/** Finds the addresses of domains, and writes a job for each: targets for the other spiders. */
export default {
  kind: "spider",
  name: "dnsresolv",
  version: "1.0.0",
  api: "^1",
  summary: "Addresses of domains, a job for each",
  references: ["RFC 1035", "RFC 3596"],
  connect: ["dnsudp", "dnstcp"],
  chains: [],
  needs: "domain",
  observe: false,
  options: {
    resolver: {
      type: "endpoint",
      value: "ADDRESS[:PORT]",
      repeated: true,
      summary:
        "name server to ask, the next one where it does not know; a link-local one has its " +
        "zone, as in fe80::1%eth0; the default is the host's",
    },
  },
  arms: [
    { name: "a", connect: connectFor("A") },
    { name: "aaaa", connect: connectFor("AAAA") },
  ],
  conditions: {
    "dnsresolv.a.resolved": "the domain has an IPv4 address",
    "dnsresolv.a.no_address": "the domain is there, and has no IPv4 address",
    "dnsresolv.a.nxdomain": "the domain is not there",
    "dnsresolv.a.bad_name": "the domain does not fit a DNS message",
    "dnsresolv.a.failed:R": "no server knew: it said R, such as SERVFAIL, or R happened to the " +
      "connection, such as timeout",
    "dnsresolv.aaaa.resolved": "the domain has an IPv6 address",
    "dnsresolv.aaaa.no_address": "the domain is there, and has no IPv6 address",
    "dnsresolv.aaaa.nxdomain": "the domain is not there, asked for an IPv6 address",
    "dnsresolv.aaaa.bad_name": "the domain does not fit a DNS message, asked for an IPv6 address",
    "dnsresolv.aaaa.failed:R": "no server knew of an IPv6 address, with R in the same way",
  },
  conclude(flows) {
    return TYPES.map((type, at) => {
      const flow = flows[at] as unknown as Answer & { readonly spdr_outcome: string };
      return `dnsresolv.${type.toLowerCase()}.${ending(flow, type)}`;
    });
  },
  jobs(job, flows) {
    const found = TYPES.flatMap((type, at) => addressesIn(flows[at] as unknown as Answer, type));
    return [...new Set(found)].map((dip) => ({ ...job, dip }));
  },
} satisfies Spider;
