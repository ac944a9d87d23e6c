import { stringify } from "yaml";
import { type Options, Secret } from "#model";

/** What clouds.yaml and the openrc files are written from: resolved option values of one host. */
export type CloudValues = Readonly<Record<string, unknown>>;

interface Account {
  interface: "internal" | "public";
  system: boolean;
}

const text = (values: CloudValues, name: string): string => {
  const value = values[name];
  return value instanceof Secret ? value.reveal() : String(value ?? "");
};

/** Keystone's URL as seen from inside or outside, without /v3. */
function identityUrl(values: CloudValues, reach: "internal" | "public"): string {
  return text(values, reach === "internal" ? "keystone_internal_url" : "keystone_public_url");
}

function cloud(values: CloudValues, { interface: reach, system }: Account): Record<string, unknown> {
  const scope = system
    ? { system_scope: "all" }
    : {
        project_name: text(values, "keystone_admin_project"),
        project_domain_name: text(values, "default_project_domain_name"),
      };
  const cacert = text(values, "kolla_admin_openrc_cacert");
  return {
    auth: {
      auth_url: identityUrl(values, reach),
      username: text(values, "keystone_admin_user"),
      password: text(values, "keystone_admin_password"),
      user_domain_name: text(values, "default_user_domain_name"),
      ...scope,
    },
    region_name: text(values, "openstack_region_name"),
    identity_api_version: 3,
    interface: reach,
    ...(cacert && { cacert }),
  };
}

/** clouds.yaml with the four clouds that kolla-ansible's post-deploy writes. */
function cloudsYaml(values: CloudValues): string {
  return stringify({
    clouds: {
      "kolla-admin": cloud(values, { interface: "public", system: false }),
      "kolla-admin-system": cloud(values, { interface: "public", system: true }),
      "kolla-admin-internal": cloud(values, { interface: "internal", system: false }),
      "kolla-admin-system-internal": cloud(values, { interface: "internal", system: true }),
    },
  });
}

/** A shell file that makes `openstack` speak to this cloud. */
function openrc(values: CloudValues, account: Account): string {
  const settings: Record<string, string> = {
    ...(account.system
      ? { OS_SYSTEM_SCOPE: "all" }
      : {
          OS_PROJECT_DOMAIN_NAME: text(values, "default_project_domain_name"),
          OS_PROJECT_NAME: text(values, "keystone_admin_project"),
          OS_TENANT_NAME: text(values, "keystone_admin_project"),
        }),
    OS_USER_DOMAIN_NAME: text(values, "default_user_domain_name"),
    OS_USERNAME: text(values, "keystone_admin_user"),
    OS_PASSWORD: text(values, "keystone_admin_password"),
    OS_AUTH_URL: identityUrl(values, account.interface),
    OS_INTERFACE: account.interface,
    OS_ENDPOINT_TYPE: `${account.interface}URL`,
    OS_IDENTITY_API_VERSION: "3",
    OS_REGION_NAME: text(values, "openstack_region_name"),
    OS_AUTH_PLUGIN: "password",
  };
  const cacert = text(values, "kolla_admin_openrc_cacert");
  if (cacert) settings.OS_CACERT = cacert;
  const clear = `for key in $( set | awk -F= '/^OS_/ {print $1}' ); do unset "\${key}"; done`;
  const lines = Object.entries(settings).map(([name, value]) => `export ${name}=${shellQuoted(value)}`);
  return [clear, ...lines, ""].join("\n");
}

/** A word of the shell that stands for this text, whatever is in it. */
const shellQuoted = (value: string): string => `'${value.replaceAll("'", "'\\''")}'`;

/** The administrator's openrc as `post-deploy` writes it, with the defaults of these options and words for what each site has of its own. */
export function openrcExample(options: Options): string {
  const defaults = Object.entries(options).map(([name, option]) => [name, option.default]);
  const values = {
    ...Object.fromEntries(defaults),
    keystone_internal_url: `http://KOLLA_INTERNAL_FQDN:${options.keystone_internal_port?.default}`,
    keystone_admin_password: "KEYSTONE_ADMIN_PASSWORD",
  };
  return [
    "# Written by `npm run generate`; do not edit. `kolla post-deploy` writes such a file for your cloud, complete:",
    "# /etc/kolla/admin-openrc.sh. By hand: the address is kolla_internal_fqdn, the password stands in passwords.yml.",
    openrc(values, { interface: "internal", system: false }),
  ].join("\n");
}

/** Names of the files that post-deploy writes. */
export const CLOUD_FILES = [
  "clouds.yaml",
  "admin-openrc.sh",
  "admin-openrc-system.sh",
  "public-openrc.sh",
  "public-openrc-system.sh",
] as const;

/** Name → content of all files that post-deploy writes; every one holds the administrator's password. */
export function cloudFiles(values: CloudValues): Readonly<Record<(typeof CLOUD_FILES)[number], string>> {
  return {
    "clouds.yaml": cloudsYaml(values),
    "admin-openrc.sh": openrc(values, { interface: "internal", system: false }),
    "admin-openrc-system.sh": openrc(values, { interface: "internal", system: true }),
    "public-openrc.sh": openrc(values, { interface: "public", system: false }),
    "public-openrc-system.sh": openrc(values, { interface: "public", system: true }),
  };
}
