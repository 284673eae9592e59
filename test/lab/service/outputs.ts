// What testers have really written, cut to what says something

/** curl 7.88.1, told to ask for HTTP/2, of nginx. */
export const CURL_2 =
  `{"asked":"2","version":"2","status":"200","secure":true,"connections":1,"connect":0.000211,"tls":0.003977,"first":0.004355,"total":0.004723,"octets":51}`;
/** The same of a server that takes HTTP/1.1 alone. */
export const CURL_OTHER =
  `{"asked":"2","version":"1.1","status":"200","secure":true,"connections":1,"connect":0.000118,"tls":0.003388,"first":0.003499,"total":0.004066,"octets":51}`;
/** Of a port on which nobody listens; it ended with 7. */
export const CURL_REFUSED =
  `{"asked":"1.1","version":"0","status":"000","secure":false,"connections":0,"connect":0.000000,"tls":0.000000,"first":0.000000,"total":0.000118,"octets":0}`;
/** Of nginx 1.22 without TLS 1.3; it ended with 35. */
export const CURL_TLS =
  `{"asked":"","version":"0","status":"000","secure":true,"connections":1,"connect":0.000000,"tls":0.000000,"first":0.000000,"total":0.033423,"octets":0}`;

/** h2load 1.52.0. */
export const H2LOAD_ALL = `starting benchmark...
spawning thread #0: 2 total client(s). 20 total requests
Application protocol: http/1.1
progress: 100% done

finished in 1.44ms, 13937.28 req/s, 2.03MB/s
requests: 20 total, 20 started, 20 done, 20 succeeded, 0 failed, 0 errored, 0 timeout
status codes: 20 2xx, 0 3xx, 0 4xx, 0 5xx
traffic: 2.99KB (3060) total, 2.11KB (2160) headers (space savings 0.00%), 120B (120) data
                     min         max         mean         sd        +/- sd
time for request:       30us       194us        60us        44us    90.00%
time for connect:       90us       373us       232us       199us   100.00%
`;
export const H2LOAD_NONE = `starting benchmark...
spawning thread #0: 2 total client(s). 20 total requests

finished in 253us, 0.00 req/s, 0B/s
requests: 20 total, 0 started, 0 done, 0 succeeded, 20 failed, 20 errored, 0 timeout
status codes: 0 2xx, 0 3xx, 0 4xx, 0 5xx
traffic: 0B (0) total, 0B (0) headers (space savings 0.00%), 0B (0) data
                     min         max         mean         sd        +/- sd
time for request:        0us         0us         0us         0us     0.00%
`;

/** dnsperf 2.10.0. */
export const DNSPERF_ALL = `Statistics:

  Queries sent:         100
  Queries completed:    100 (100.00%)
  Queries lost:         0 (0.00%)

  Response codes:       NOERROR 100 (100.00%)
  Average packet size:  request 27, response 49
  Run time (s):         0.050000
  Queries per second:   2000.000000

  Average Latency (s):  0.001221 (min 0.000039, max 0.047466)
  Latency StdDev (s):   0.006652

Connection Statistics:

  Reconnections:        0

  Average Latency (s):  0.000856 (min 0.000356, max 0.001356)
`;
export const DNSPERF_NONE = `[Timeout] Query timed out: msg id 29
[Status] Testing complete (time limit)

Statistics:

  Queries sent:         30
  Queries completed:    0 (0.00%)
  Queries lost:         30 (100.00%)

  Response codes:       
  Average packet size:  request 27, response 0
  Run time (s):         3.000152
  Queries per second:   0.000000

  Average Latency (s):  0.000000 (min 0.000000, max 0.000000)
`;

/** iperf3 3.12. */
export const IPERF3_TCP = JSON.stringify({
  end: {
    sum_sent: { seconds: 1.004238, bytes: 1224212480, retransmits: 3, sender: true },
    sum_received: { seconds: 2, bytes: 1222901760, sender: true },
  },
});
export const IPERF3_UDP = JSON.stringify({
  end: {
    sum: { seconds: 1, bytes: 1277952, jitter_ms: 1.5, lost_packets: 4, packets: 39 },
    sum_sent: { seconds: 1.000079, bytes: 1277952, jitter_ms: 0, lost_packets: 4, packets: 39 },
    sum_received: { seconds: 1, bytes: 1146880, jitter_ms: 1.5, lost_packets: 4, packets: 39 },
  },
});
export const IPERF3_REFUSED = JSON.stringify({
  start: { connected: [], version: "iperf 3.12" },
  intervals: [],
  end: {},
  error: "unable to connect to server: Connection refused",
});

const ID = "0xa336ed70d0a5aeb65c5203cf5410288861";

/** gtlsclient 0.12.1, of gtlsserver. */
export const NGTCP2_ECN = `I00000000 ${ID} frm tx 0 Initial CRYPTO(0x06) offset=0 len=369
Sent packet: local=[127.0.0.1]:46621 remote=[127.0.0.1]:4433 ecn=0x2 1200 bytes
Received packet: local=[127.0.0.1]:46621 remote=[127.0.0.1]:4433 ecn=0x2 1200 bytes
I00000004 ${ID} frm rx 0 Initial ACK(0x03) ect0=1 ect1=0 ce=0
I00000004 ${ID} con path is ECN capable
QUIC handshake has completed
I00000025 ${ID} frm rx 3 1RTT STREAM(0x0b) id=0x0 fin=1 offset=0 len=64 uni=0
http: stream 0x0 [:status: 200]
HTTP stream 0 closed with error code 256
I00000026 ${ID} pkt read packet 686 left 0
`;
/** The same of caddy, with marks that a router has set, and a page that is not there. */
export const NGTCP2_CE = `Received packet: local=[::1]:5 remote=[::1]:4433 ecn=0x3 44 bytes
I00000004 ${ID} con path is not ECN capable
QUIC handshake has completed
http: stream 0x0 [:status: 404]
HTTP stream 0 closed with error code 256
`;
export const NGTCP2_SILENCE = "ngtcp2_conn_handle_expiry: ERR_HANDSHAKE_TIMEOUT\n";

const PEER = "2026-11-30 04:19:2";

/** aria2 1.36.0. */
export const ARIA2_LOG =
  `${PEER}0.593611 [INFO] [HttpInitiateConnectionCommand.cc:123] CUID#14 - Connecting to ::1:6969
${PEER}1.595521 [INFO] [PeerInitiateConnectionCommand.cc:77] CUID#15 - Connecting to ::1:6881
${PEER}2.500000 [INFO] [DefaultBtInteractive.cc:160] CUID#15 - From: ::1:6881 handshake peerId=A2-1-36-0-%01, reserved=000000000
${PEER}2.554526 [INFO] [DefaultBtInteractive.cc:315] CUID#15 - From: ::1:6881 have all
${PEER}2.554703 [INFO] [DefaultBtInteractive.cc:315] CUID#15 - From: ::1:6881 piece index=11, begin=0, length=16384
${PEER}2.554853 [INFO] [BtPieceMessage.cc:279] CUID#15 - we got new piece. index=11
${PEER}3.000000 [INFO] [BtPieceMessage.cc:279] CUID#15 - we got new piece. index=15
`;
