import {
  type ConfContext,
  type ContainerPart,
  configured,
  type FilePart,
  overrideOrder,
  type ServiceContext,
  service,
  uwsgi,
} from "#model";
import { keystoneConf } from "./conf.ts";
import { rotationCrontab } from "./fernet.ts";
import { options } from "./options.ts";
import {
  healthScript,
  pushScript,
  rotateScript,
  setupScript,
  sshConfig,
  sshdConfig,
  syncScript,
} from "./scripts.ts";

type Context = ServiceContext<typeof options> & ConfContext;

const KEYS = { source: "keystone_fernet_tokens", target: "/etc/keystone/fernet-keys" };

/** Identity: issues tokens, holds the catalogue and every account of the cloud. */
export default service("keystone", {
  summary: "Identity: tokens, projects, accounts and the catalogue.",
  enabled: "{{ enable_openstack_core }}",
  groups: { keystone: ["control"] },
  needs: ["loadbalancer", "mariadb", "rabbitmq", "memcached"],
  containers: {
    "keystone-ssh": { group: "keystone", set: "keystone-key-distribution" },
    "keystone-fernet": { group: "keystone", set: "keystone-key-distribution" },
    keystone: { group: "keystone", set: "keystone-api" },
  },
  options,

  declare: (opt) => ({
    apis: [
      {
        name: "keystone",
        group: "keystone",
        mode: "http",
        port: opt.keystone_internal_port,
        publicPort: opt.keystone_public_port,
        listenPort: opt.keystone_listen_port,
        check: "/healthcheck",
        // Made by kolla_keystone_bootstrap, before anything else can log in; stated here so that others find the address.
        catalogue: { service: "keystone", type: "identity", description: "Openstack Identity Service" },
      },
    ],
    databases: [
      {
        schema: opt.keystone_database_name,
        user: opt.keystone_database_user,
        password: opt.keystone_database_password,
      },
    ],
    logs: ["keystone"],
  }),

  define: (context) => ({
    containers: {
      keystone: api(context),
      "keystone-fernet": fernet(context),
      "keystone-ssh": ssh(context),
    },
    jobs: [
      { name: "bootstrap", like: "keystone", environment: { KOLLA_BOOTSTRAP: "" }, timeoutSeconds: 300 },
      {
        name: "fernet-setup",
        like: "keystone-fernet",
        key: "once",
        command: configured("/usr/bin/fernet-setup.sh"),
        timeoutSeconds: 120,
      },
    ],
    execs: [catalogue(context)],
  }),

  probes: ({ opt, site }) => ({
    keystone: {
      kind: "identity-token",
      admin: {
        authUrl: site.url("identity", "internal", true),
        user: opt.keystone_admin_user,
        password: opt.keystone_admin_password.reveal(),
        project: opt.keystone_admin_project,
        domain: opt.default_user_domain_name,
        region: opt.openstack_region_name,
      },
    },
  }),
});

/** Administrator, roles, region and Keystone's own catalogue entry. Safe to repeat; the password is not in its arguments. */
function catalogue({ opt, site }: Context) {
  return {
    name: "bootstrap-identity",
    container: "keystone",
    user: "keystone",
    command: [
      "kolla_keystone_bootstrap",
      opt.keystone_admin_user,
      opt.keystone_admin_project,
      "admin",
      site.url("identity", "internal", true),
      site.url("identity", "public", true),
      opt.openstack_region_name,
    ],
    environment: { OS_BOOTSTRAP_PASSWORD: opt.keystone_admin_password.reveal() },
    timeoutSeconds: 300,
  };
}

function api(context: Context): ContainerPart {
  const { opt, host, site } = context;
  const paste = site.override(`keystone/${host.name}/keystone-paste.ini`, "keystone/keystone-paste.ini");
  const wsgi = uwsgi(context, {
    service: "keystone",
    name: "keystone",
    module: "keystone.wsgi.api:application",
    port: opt.keystone_listen_port,
    processes: opt.keystone_api_workers,
  });
  return {
    command: "uwsgi /etc/keystone/keystone-uwsgi.ini",
    account: "keystone",
    files: [
      conf(context, "keystone"),
      ini("keystone-uwsgi.ini", { uwsgi: wsgi }),
      ...(paste
        ? [{ name: "keystone-paste.ini", dest: "/etc/keystone/keystone-paste.ini", content: paste }]
        : []),
    ],
    permissions: [{ path: KEYS.target, owner: "keystone:keystone", perm: "0770" }],
    mounts: [KEYS],
    health: { test: `healthcheck_curl http://${host.apiAddress}:${opt.keystone_listen_port}/healthcheck` },
    after: ["keystone-fernet"],
  };
}

function fernet(context: Context): ContainerPart {
  const { opt, host, site } = context;
  const rotation = opt.fernet_key_rotation_interval;
  const members = site.hosts("keystone");
  const others = members.filter((each) => each.name !== host.name).map((each) => each.apiAddress);
  return {
    command: "cron -f",
    account: "root",
    user: "root",
    files: [
      conf(context, "keystone-fernet"),
      {
        name: "crontab",
        dest: "/etc/cron.d/keystone-fernet",
        content: rotationCrontab(Math.max(host.indexIn("keystone"), 0), Math.max(members.length, 1)),
        perm: "0644",
        sensitive: false,
      },
      script("fernet-rotate.sh", rotateScript(rotation)),
      script("fernet-push.sh", pushScript(others)),
      script("fernet-node-sync.sh", syncScript(others)),
      script("fernet-setup.sh", setupScript()),
      script("fernet-healthcheck.sh", healthScript(rotation)),
      {
        name: "ssh_config",
        dest: "/etc/keystone/fernet-ssh/config",
        content: sshConfig(opt.keystone_ssh_port),
      },
      {
        name: "id_rsa",
        dest: "/etc/keystone/fernet-ssh/id_rsa",
        content: opt.keystone_ssh_key.private_key.reveal(),
      },
    ],
    permissions: [{ path: KEYS.target, owner: "keystone:keystone", perm: "0770" }],
    mounts: [KEYS],
    health: { test: "/usr/bin/fernet-healthcheck.sh", interval: 10 },
    // A host without keys waits for another one's SSH server.
    gateSeconds: 240,
    after: ["keystone-ssh"],
  };
}

function ssh({ opt, host }: Context): ContainerPart {
  return {
    command: "/usr/sbin/sshd -D -e",
    account: "root",
    user: "root",
    files: [
      {
        name: "sshd_config",
        dest: "/etc/ssh/sshd_config",
        content: sshdConfig(host.apiAddress, opt.keystone_ssh_port),
        sensitive: false,
      },
      {
        name: "id_rsa.pub",
        dest: "/var/lib/keystone/.ssh/authorized_keys",
        content: opt.keystone_ssh_key.public_key,
        owner: "keystone",
        sensitive: false,
      },
    ],
    permissions: [
      { path: KEYS.target, owner: "keystone:keystone", perm: "0770" },
      { path: "/var/lib/keystone/.ssh", owner: "keystone:keystone", perm: "0700" },
    ],
    mounts: [KEYS],
    health: { test: `healthcheck_listen sshd ${opt.keystone_ssh_port}` },
    privileges: {
      capabilities: {
        SYS_CHROOT: "sshd shuts the part of itself that strangers talk to into an empty directory",
        AUDIT_WRITE: "sshd records logins",
      },
    },
  };
}

function conf(context: Context, program: string): FilePart {
  const { opt, host } = context;
  const content = keystoneConf(context, {
    need: {
      schema: opt.keystone_database_name,
      user: opt.keystone_database_user,
      password: opt.keystone_database_password,
    },
    times: {
      expiry: opt.fernet_token_expiry,
      grace: opt.fernet_token_allow_expired_window,
      rotation: opt.fernet_key_rotation_interval,
    },
    logFile: `${program}.log`,
  });
  return {
    name: "keystone.conf",
    dest: "/etc/keystone/keystone.conf",
    content: { ini: content, overrides: overrideOrder("keystone", program, host.name) },
    owner: "keystone",
  };
}

function ini(name: string, content: Parameters<typeof iniContent>[0]): FilePart {
  return {
    name,
    dest: `/etc/keystone/${name}`,
    content: iniContent(content),
    owner: "keystone",
    sensitive: false,
  };
}

function iniContent(sections: import("#model").Ini): FilePart["content"] {
  return { ini: sections, overrides: [] };
}

function script(name: string, content: string): FilePart {
  return { name, dest: `/usr/bin/${name}`, content, perm: "0755", sensitive: false };
}
