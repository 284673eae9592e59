import { Failure } from "../host/failure.ts";
import { quote } from "../target/quote.ts";

/** What a unit is made for. */
export interface UnitOptions {
  /** The program, by its absolute path. */
  readonly program: string;
  /** The file of the configuration, by its absolute path; null for none. */
  readonly config: string | null;
}

/** Folders that the unit hides from the server (systemd.exec(5), ProtectHome=). */
const HIDDEN = /^\/(home|root|run\/user|tmp|var\/tmp)(\/|$)/;

/**
 * A unit of systemd that runs the server as a user of its own, who may do what measuring takes and little
 * else (systemd.service(5), systemd.exec(5)).
 *
 * @throws {Failure} for a path that the sandbox hides, or that has control characters
 */
export function unitFile({ program, config }: UnitOptions): string {
  for (const path of [program, ...(config === null ? [] : [config])]) {
    if (/\p{C}/u.test(path)) {
      throw new Failure(`${quote(path)} has characters that are not seen: name it otherwise`);
    }
    if (!HIDDEN.test(path)) continue;
    throw new Failure(
      `the unit hides ${path} from the server: put it elsewhere, such as below /usr/local or /etc`,
    );
  }
  const command = [program, "serve", ...(config === null ? [] : ["--config", config])];
  return `# Made by: spider serve unit
# Install it as /etc/systemd/system/spider.service, then: systemctl enable --now spider
[Unit]
Description=Measurements of paths through the Internet, for those who ask over HTTP
Wants=network-online.target
After=network-online.target

[Service]
Type=notify
NotifyAccess=main
ExecStart=${command.map(unitWord).join(" ")}
ExecReload=kill -HUP $MAINPID
WatchdogSec=60
Restart=on-failure
RestartSec=5
# What is in flight when it ends is finished first
TimeoutStopSec=120
# The program's helpers are told to end by the server
KillMode=mixed

# A user that is there while the server runs. He owns the database (/var/lib/spider), the notes of
# what is to be undone (/run/spider-serve) and, where the program unpacks itself, /var/cache/spider.
DynamicUser=yes
StateDirectory=spider
StateDirectoryMode=0700
RuntimeDirectory=spider-serve
RuntimeDirectoryMode=0700
RuntimeDirectoryPreserve=yes
CacheDirectory=spider
CacheDirectoryMode=0700
Environment=XDG_STATE_HOME=/var/lib XDG_CACHE_HOME=/var/cache SPIDER_STATE_DIR=/run/spider-serve
UMask=0077
# The configuration must be readable for him. What root alone may read is handed over like this, and
# named as \${ENV:CREDENTIALS_DIRECTORY}/key.pem in the configuration:
#LoadCredential=key.pem:/etc/spider/key.pem
# A database or a log elsewhere needs:
#ReadWritePaths=/srv/spider

# Capture and forge packets; mark connections and set their routes, and the settings of the network
# that tcpopt takes turns with. A port below 1024 needs CAP_NET_BIND_SERVICE in both lines too.
AmbientCapabilities=CAP_NET_RAW CAP_NET_ADMIN
CapabilityBoundingSet=CAP_NET_RAW CAP_NET_ADMIN
NoNewPrivileges=yes
# A measurement with isolate makes networks of its own, for which it would take CAP_SYS_ADMIN: it fails
RestrictNamespaces=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK AF_PACKET
SystemCallFilter=@system-service @pkey
SystemCallErrorNumber=EPERM
SystemCallArchitectures=native

ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
# Settings of the kernel are read-only, except those of the network
ProtectKernelTunables=yes
ReadWritePaths=/proc/sys/net
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
# MemoryDenyWriteExecute is not among it: JavaScript is compiled while it runs

# Connections of those who ask, and of what is measured
LimitNOFILE=65536

[Install]
WantedBy=multi-user.target
`;
}

/** A word of a command line (systemd.service(5), "Command lines"; systemd.unit(5), "Specifiers"). */
function unitWord(word: string): string {
  const safe = word.replaceAll("%", "%%").replaceAll("$", "$$$$");
  if (/^[\w@%+=:,./$-]+$/.test(safe)) return safe;
  return `"${safe.replace(/["\\]/g, "\\$&")}"`;
}
