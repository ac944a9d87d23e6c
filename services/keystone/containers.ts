import type { ContainerPart, FilePart, HostView, ServiceContext } from "#model";
import { administrator, privateKeyFile, programConf, served, sshClientConfig, sshServer } from "#openstack";
import { identityApi, schema } from "./api.ts";
import { keystoneConf } from "./conf.ts";
import { rotationCrontab } from "./fernet.ts";
import healthcheck from "./fernet-healthcheck.sh";
import nodeSync from "./fernet-node-sync.sh";
import push from "./fernet-push.sh";
import rotate from "./fernet-rotate.sh";
import setup from "./fernet-setup.sh";
import type { options } from "./options.ts";
import { signInAs, TOKENS } from "./token.ts";

export type Context = ServiceContext<typeof options>;

const KEYS = { source: "keystone_fernet_tokens", target: "/etc/keystone/fernet-keys" };

/** Where Keystone looks for what is peculiar to a domain: keystone.<domain>.conf, and what such files name. */
const DOMAINS = "/etc/keystone/domains";

/** The operator's keystone/domains/: accounts of a domain that are kept elsewhere, in LDAP for one. */
function domainFiles({ site }: Context): readonly string[] {
  return site.overridesIn("keystone/domains");
}

/** The API: tokens and the catalogue. */
export function api(context: Context): ContainerPart<"keystone-fernet"> {
  const { opt, host } = context;
  const domains = domainFiles(context);
  const { part, server } = served(context, identityApi(opt), {
    service: "keystone",
    name: "keystone",
    module: "keystone.wsgi.api:application",
    processes: opt.keystone_api_workers,
    trial: { path: TOKENS, json: signInAs(administrator(context)) },
  });
  return {
    ...part,
    files: [
      conf(context, "keystone"),
      server,
      {
        name: "keystone-paste.ini",
        dest: "/etc/keystone/keystone-paste.ini",
        content: { first: [`keystone/${host.name}/keystone-paste.ini`, "keystone/keystone-paste.ini"] },
      },
      ...domains.map((name) => ({
        name: `domains/${name}`,
        dest: `${DOMAINS}/${name}`,
        content: { first: [`keystone/domains/${name}`] },
      })),
    ],
    permissions: [
      { path: KEYS.target, owner: "keystone:keystone", perm: "0770" },
      ...(domains.length > 0 ? [{ path: DOMAINS, owner: "keystone:keystone", perm: "0700" }] : []),
    ],
    mounts: [KEYS],
    after: ["keystone-fernet"],
  };
}

/** Looks after the keys of this host: rotates them when it is time, and fetches them when this host has none. */
export function fernet(context: Context): ContainerPart<"keystone-ssh"> {
  const { opt, host, site } = context;
  const rotation = opt.fernet_key_rotation_interval;
  const members = site.hosts("keystone");
  return {
    command: "cron -f",
    account: "root",
    user: "root",
    files: [
      conf(context, "keystone-fernet"),
      {
        name: "crontab",
        dest: "/etc/cron.d/keystone-fernet",
        content: rotationCrontab(
          Math.max(host.indexIn("keystone"), 0),
          Math.max(members.length, 1),
          rotation,
        ),
        perm: "0644",
        sensitive: false,
      },
      {
        name: "fernet-hosts",
        dest: "/etc/keystone/fernet-hosts",
        content: otherHosts(host, members),
        perm: "0644",
        sensitive: false,
      },
      script("fernet-rotate.sh", rotate),
      script("fernet-push.sh", push),
      script("fernet-node-sync.sh", nodeSync),
      script("fernet-setup.sh", setup),
      script("fernet-healthcheck.sh", healthcheck),
      {
        name: "ssh_config",
        dest: "/etc/keystone/fernet-ssh/config",
        content: sshClientConfig(opt.keystone_ssh_port, "/etc/keystone/fernet-ssh/id_rsa"),
      },
      {
        name: "id_rsa",
        dest: "/etc/keystone/fernet-ssh/id_rsa",
        content: privateKeyFile(opt.keystone_ssh_key),
      },
    ],
    permissions: [{ path: KEYS.target, owner: "keystone:keystone", perm: "0770" }],
    mounts: [KEYS],
    health: { test: `/usr/bin/fernet-healthcheck.sh ${rotation}` },
    swap: { effect: "nothing", why: "two would rotate the same keys", seconds: 5 },
    // A host without keys waits for another one's SSH server.
    gateSeconds: 240,
    after: ["keystone-ssh"],
  };
}

/** The other hosts that have keys, by their addresses, one a line: cron's programs have no environment to read them from. */
function otherHosts(host: HostView, members: readonly HostView[]): string {
  return members
    .filter(({ name }) => name !== host.name)
    .map(({ apiAddress }) => `${apiAddress}\n`)
    .join("");
}

/** Where keys from other hosts arrive. */
export function ssh({ opt, host }: Context): ContainerPart {
  return {
    ...sshServer({
      account: "keystone",
      key: opt.keystone_ssh_key,
      addresses: [host.apiAddress],
      port: opt.keystone_ssh_port,
      // A host that cannot send its keys now sends them again.
      effect: "nothing",
      authorizedKeys: { path: "/var/lib/keystone/.ssh/authorized_keys", owner: "keystone" },
    }),
    permissions: [
      { path: KEYS.target, owner: "keystone:keystone", perm: "0770" },
      { path: "/var/lib/keystone/.ssh", owner: "keystone:keystone", perm: "0700" },
    ],
    mounts: [KEYS],
  };
}

function conf(context: Context, program: string): FilePart {
  const { opt, host } = context;
  const content = keystoneConf(context, {
    need: schema(opt),
    times: {
      expiry: opt.fernet_token_expiry,
      grace: opt.fernet_token_allow_expired_window,
      rotation: opt.fernet_key_rotation_interval,
    },
    logFile: `${program}.log`,
    ...(program === "keystone" && domainFiles(context).length > 0 && { domains: DOMAINS }),
  });
  return { ...programConf(host, { service: "keystone", program }, content), owner: "keystone" };
}

function script(name: string, content: string): FilePart {
  return { name, dest: `/usr/bin/${name}`, content, perm: "0755", sensitive: false };
}
