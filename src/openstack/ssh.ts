import type { ContainerPart, Effect, Secret } from "#model";

export interface KeyPair {
  private_key: Secret;
  public_key: string;
}

/** A private key as ssh reads it: without a line end after its last line it is refused. */
export function privateKeyFile(pair: KeyPair): string {
  return `${pair.private_key.reveal().trimEnd()}\n`;
}

/** A public key as a line of authorized_keys. */
function publicKeyFile(pair: KeyPair): string {
  return `${pair.public_key.trim()}\n`;
}

/** A server for one account and its key. */
interface SshServer {
  account: string;
  key: KeyPair;
  /** It listens on these only. */
  addresses: readonly string[];
  port: number;
  /** The file with the public key as sshd names it: %u is the account. Root's and 0600 unless told. */
  authorizedKeys: { path: string; owner?: string; perm?: string };
  /** What those notice who copy through it. */
  effect: Effect;
}

/** The container of an SSH server; its image is made with the macro `ssh_server`. */
export function sshServer(server: SshServer): Pick<
  ContainerPart,
  "command" | "account" | "user" | "health" | "privileges" | "swap"
> & {
  files: NonNullable<ContainerPart["files"]>;
} {
  const { path, ...rights } = server.authorizedKeys;
  return {
    command: "/usr/sbin/sshd -D -e",
    account: "root",
    user: "root",
    files: [
      {
        name: "sshd_config",
        dest: "/etc/ssh/sshd_config",
        content: serverConfig(server),
        sensitive: false,
      },
      {
        name: "id_rsa.pub",
        dest: path.replace("%u", server.account),
        content: publicKeyFile(server.key),
        sensitive: false,
        ...rights,
      },
    ],
    swap: { effect: server.effect, why: "both would listen on the same port", seconds: 10 },
    health: { test: `healthcheck_listen sshd ${server.port}` },
    privileges: {
      capabilities: {
        SYS_CHROOT: "sshd shuts the part of itself that strangers talk to into an empty directory",
        AUDIT_WRITE: "sshd records logins",
      },
    },
  };
}

function serverConfig(server: SshServer): string {
  return `Port ${server.port}
${server.addresses.map((address) => `ListenAddress ${address}`).join("\n")}
HostKey /etc/ssh/ssh_host_rsa_key
HostKey /etc/ssh/ssh_host_ecdsa_key
HostKey /etc/ssh/ssh_host_ed25519_key
AllowUsers ${server.account}
PermitRootLogin no
AuthenticationMethods publickey
AuthorizedKeysFile ${server.authorizedKeys.path}
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
AllowTcpForwarding no
AllowAgentForwarding no
X11Forwarding no
PermitTunnel no
PrintMotd no
LogLevel INFO
`;
}

/** ssh's side: no questions, no long waits. */
export function sshClientConfig(port: number, identityFile?: string): string {
  return `Host *
  StrictHostKeyChecking no
  UserKnownHostsFile /dev/null
  LogLevel ERROR
  ConnectTimeout 5
  BatchMode yes
${identityFile === undefined ? "" : `  IdentityFile ${identityFile}\n`}  Port ${port}
`;
}
