import type { Secret } from "../secret.ts";

export interface KeyPair {
  private_key: Secret;
  public_key: string;
}

/** A private key as ssh reads it: without a line end after its last line it is refused. */
export function privateKeyFile(pair: KeyPair): string {
  return `${pair.private_key.reveal().trimEnd()}\n`;
}

/** A public key as a line of authorized_keys. */
export function publicKeyFile(pair: KeyPair): string {
  return `${pair.public_key.trim()}\n`;
}

/**
 * sshd_config of a server for one account and its key, on the given addresses only. `authorizedKeys` is the path of the
 * file with the public key.
 */
export function sshServerConfig(server: {
  addresses: readonly string[];
  port: number;
  account: string;
  authorizedKeys: string;
}): string {
  return `Port ${server.port}
${server.addresses.map((address) => `ListenAddress ${address}`).join("\n")}
HostKey /etc/ssh/ssh_host_rsa_key
HostKey /etc/ssh/ssh_host_ecdsa_key
HostKey /etc/ssh/ssh_host_ed25519_key
AllowUsers ${server.account}
PermitRootLogin no
AuthenticationMethods publickey
AuthorizedKeysFile ${server.authorizedKeys}
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
