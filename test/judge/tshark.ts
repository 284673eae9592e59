/** Reads captures with tshark, an independent dissector. */
import { fileURLToPath } from "node:url";

const PLACES = fileURLToPath(new URL("places.lua", import.meta.url));

/** The fields to ask tshark for, by its names (`tshark -G fields`). */
export const COLUMNS = [
  "frame.protocols",
  "frame.time_epoch",
  "frame.len",
  "frame.cap_len",
  "ip.src",
  "ip.dst",
  "ip.cur_rt",
  "ip.hdr_len",
  "ip.len",
  "ip.dsfield.dscp",
  "ip.dsfield.ecn",
  "ip.ttl",
  "ip.id",
  "ip.flags.rb",
  "ip.flags.mf",
  "ip.frag_offset",
  "ip.proto",
  "ipv6.src",
  "ipv6.dst",
  "ipv6.plen",
  "ipv6.tclass.dscp",
  "ipv6.tclass.ecn",
  "ipv6.hlim",
  "ipv6.nxt",
  "ipv6.hopopts.nxt",
  "ipv6.hopopts.len_oct",
  "ipv6.dstopts.nxt",
  "ipv6.dstopts.len_oct",
  "ipv6.routing.nxt",
  "ipv6.routing.len_oct",
  "ipv6.fraghdr.nxt",
  "ipv6.fraghdr.offset",
  "ipv6.fraghdr.more",
  "ipv6.fraghdr.ident",
  "mip6.proto",
  "mip6.hlen",
  "hip.proto",
  "hip.hdr_len",
  "ah.next_header",
  "ah.length",
  "place.ip",
  "place.ipv6",
  "place.note",
  "pppoe.code",
  "nsh.Obit",
  "gre.flags_and_version",
  "gre.proto",
  "gre.key",
  "gre.key.call_id",
  "vxlan.flags",
  "vxlan.gbp",
  "vxlan.vni",
  "vxlan.reserved8",
  "geneve.version",
  "geneve.flags",
  "geneve.proto_type",
  "geneve.vni",
  "geneve.reserved",
  "gtp.flags",
  "gtp.message",
  "gtp.teid",
  "l2tp.type",
  "l2tp.version",
  "l2tp.tunnel",
  "l2tp.session",
  "tcp.srcport",
  "tcp.dstport",
  "tcp.seq_raw",
  "tcp.ack_raw",
  "tcp.flags",
  "tcp.hdr_len",
  "tcp.window_size_value",
  "tcp.len",
  "tcp.option_kind",
  "tcp.option_len",
  "tcp.options.mss_val",
  "tcp.options.wscale.shift",
  "tcp.options.timestamp.tsval",
  "tcp.options.timestamp.tsecr",
  "tcp.options.experimental.exid",
  "tcp.options.unknown.payload",
  "udp.srcport",
  "udp.dstport",
  "sctp.srcport",
  "sctp.dstport",
  "dccp.srcport",
  "dccp.dstport",
  "udp.length",
  "udp.checksum",
  "icmp.type",
  "icmp.code",
  "icmp.ident",
  "icmpv6.type",
  "icmpv6.code",
  "icmpv6.echo.identifier",
  "dns.length",
  "dns.count.queries",
  "dns.count.answers",
  "dns.count.auth_rr",
  "dns.count.add_rr",
  "dns.flags.response",
  "dns.flags.opcode",
  "dns.flags.rcode",
  "dns.qry.type",
  "dns.qry.class",
  "dns.resp.type",
  "dns.resp.class",
  "http.request.version",
  "http2.type",
  "http.response.version",
  "quic.version",
  "quic.dcil",
  "quic.scil",
  "tls.handshake.type",
  "tls.handshake.version",
  "tls.handshake.ciphersuite",
  "tls.handshake.extension.type",
  "tls.handshake.extensions.supported_version",
  "tls.handshake.extensions_alpn_str",
  "tls.handshake.extensions_server_name",
  "tls.handshake.sig_hash_alg",
  "_ws.malformed",
  "_ws.unreassembled",
] as const;

/** The name of a column. */
export type TsharkField = typeof COLUMNS[number];

/** One packet as tshark prints it: of each column every value, the outermost header's first. */
export type Told = (column: TsharkField) => readonly string[];

// Every packet alone, as it stands in the file: nothing joined, nothing guessed from those before
const PREFERENCES = [
  "ip.defragment:FALSE",
  "ipv6.defragment:FALSE",
  "tcp.desegment_tcp_streams:FALSE",
  "tcp.analyze_sequence_numbers:FALSE",
  "tcp.relative_sequence_numbers:FALSE",
  "tcp.check_checksum:FALSE",
  "udp.check_checksum:FALSE",
  "ip.check_checksum:FALSE",
];

/** Whether tshark is on this machine. */
export function hasTshark(): boolean {
  try {
    return new Deno.Command("tshark", { args: ["-v"], stdout: "null", stderr: "null" })
      .outputSync().success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** What tshark said of a capture file. */
export interface Testimony {
  readonly told: Told[];
  /** Why it broke off or did not begin; null when it read all. */
  readonly fault: string | null;
}

/** What tshark may use. */
export interface Bounds {
  /** Packets to read; the rest of the file is left. */
  readonly packets: number;
  /** Seconds, and octets of memory, after which it is ended. */
  readonly seconds: number;
  readonly memory: number;
}

/** Every packet of a capture file. */
export async function tell(path: string): Promise<Told[]> {
  const { told, fault } = await testimony(path);
  if (fault !== null) throw new Error(`tshark: ${fault}`);
  return told;
}

/**
 * Every packet of a capture file up to where tshark breaks off, or up to a bound.
 *
 * @param more options that have it read more
 */
export async function testimony(
  path: string,
  bounds?: Bounds,
  more: readonly string[] = [],
): Promise<Testimony> {
  const within = bounds && [
    ...["timeout", "--signal=KILL", `${bounds.seconds}`],
    ...["prlimit", `--as=${bounds.memory}`],
  ];
  const [program, ...args] = [
    ...within ?? [],
    ...["tshark", "-n", "-X", `lua_script:${PLACES}`, "-r", path, "-T", "fields"],
    ...bounds ? ["-c", `${bounds.packets}`] : [],
    ...["-E", "separator=|", "-E", "occurrence=a", "-E", "aggregator=,"],
    ...PREFERENCES.flatMap((preference) => ["-o", preference]),
    ...COLUMNS.flatMap((column) => ["-e", column]),
    ...more,
  ] as const;
  const { success, signal, stdout, stderr } = await new Deno.Command(program!, {
    args,
    stdin: "null",
    env: { LC_ALL: "C" },
  }).output();
  const decoder = new TextDecoder();
  const places = new Map(COLUMNS.map((column, i) => [column, i]));
  // A line that is not whole is none
  const told = decoder.decode(stdout).split("\n").slice(0, -1).map((line): Told => {
    const cells = line.split("|");
    return (column) => {
      const cell = cells[places.get(column)!]!;
      return cell === "" ? [] : cell.split(",");
    };
  });
  if (success) return { told, fault: null };
  return {
    told,
    fault: signal !== null && bounds !== undefined
      ? `it was ended by ${signal} after ${bounds.seconds} s at most`
      : decoder.decode(stderr).replace(/^Running as user .*\n/, "")
        .replace(/^tshark: /, "").trim().replaceAll("\n", " "),
  };
}
