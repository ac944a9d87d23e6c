import { createHash } from "node:crypto";
import type { FilePart } from "#model";
import type { Context } from "./context.ts";

/** How servers move to a host as they run. */
export interface Migration {
  /** Where the host's libvirt and the servers on their way to it are reached. */
  address: string;
  port: number;
  /** What libvirt of another host has to show; undefined: nothing. */
  account: { name: string; password: string; mechanisms: readonly string[] } | undefined;
  hostUuid: string;
}

/** Undefined where servers can move nowhere: on the only compute host no port is open. */
export function migration({ opt, host, site }: Context): Migration | undefined {
  if (site.hosts("compute").length < 2) return undefined;
  return {
    address: opt.migration_interface_address,
    port: opt.nova_libvirt_port,
    account: opt.libvirt_enable_sasl
      ? {
          name: opt.libvirt_sasl_authname,
          password: opt.libvirt_sasl_password.reveal(),
          mechanisms: opt.libvirt_sasl_mech_list,
        }
      : undefined,
    hostUuid: uuidOf(host.nodename),
  };
}

/** The files by which libvirt of one host knows libvirt of another. */
export function accountFiles(context: Context): FilePart[] {
  const account = migration(context)?.account;
  if (!account) return [];
  return [
    {
      name: "auth.conf",
      dest: "/etc/libvirt/auth.conf",
      content: `[credentials-default]
authname=${account.name}
password=${account.password}

[auth-libvirt-default]
credentials=default
`,
    },
    {
      name: "sasl.conf",
      dest: "/etc/sasl2/libvirt.conf",
      content: `mech_list: ${account.mechanisms.join(" ")}\nsasldb_path: /etc/libvirt/passwd.db\n`,
      sensitive: false,
    },
  ];
}

/** Namespace of names of hosts (RFC 9562, 6.6). */
const DNS = Buffer.from("6ba7b8109dad11d180b400c04fd430c8", "hex");

/** The UUID of version 5 that a host's name gives: the same in every run, another for every host. */
export function uuidOf(name: string): string {
  const bytes = createHash("sha1").update(DNS).update(name).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
