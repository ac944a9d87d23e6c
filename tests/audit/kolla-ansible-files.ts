/**
 * What Kolla-Ansible 2025.1 reads below node_custom_config for the services that are here, role by role. `<host>`
 * stands for a host's name in the inventory.
 */

/** A file of a container, and what the operator's files make of it. */
export interface ReadFile {
  /** Directory below /etc/kolla. */
  container: string;
  file: string;
  /** merge: each file that exists is merged over those before it; first: the first that exists is the file. */
  how: "merge" | "first";
  from: readonly string[];
  /** It is a program's of a part that is off unless these variables are set. */
  variables?: Readonly<Record<string, unknown>>;
}

/** What an OpenStack service merges into the main file of one of its programs. */
function main(service: string, container: string, more: readonly string[] = []): ReadFile {
  const own = [`${service}/${container}.conf`, `${service}/<host>/${service}.conf`];
  return merged(container, `${service}.conf`, ["global.conf", `${service}.conf`, ...own, ...more]);
}

function merged(container: string, file: string, from: readonly string[]): ReadFile {
  return { container, file, how: "merge", from };
}

/** A file that the operator's takes the place of: <directory>/<host>/<name>, else <directory>/<name>. */
function replaced(container: string, file: string, directory: string, name = file): ReadFile {
  return { container, file, how: "first", from: [`${directory}/<host>/${name}`, `${directory}/${name}`] };
}

function first(container: string, file: string, ...from: readonly string[]): ReadFile {
  return { container, file, how: "first", from };
}

/** The operator's policy, in the first of the forms that is there. */
function policy(service: string, ...containers: readonly string[]): ReadFile[] {
  return containers.flatMap((container) => [
    first(container, "policy.yaml", `${service}/policy.yaml`),
    first(container, "policy.json", `${service}/policy.json`),
  ]);
}

const HEAT = ["heat-api", "heat-api-cfn", "heat-engine"];

/** Neutron's programs that Kolla-Ansible gives a neutron.conf. */
const NEUTRON = [
  "neutron-server",
  "neutron-openvswitch-agent",
  "neutron-dhcp-agent",
  "neutron-l3-agent",
  "neutron-metadata-agent",
];

export const READ: readonly ReadFile[] = [
  main("keystone", "keystone"),
  main("keystone", "keystone-fernet"),
  first("keystone", "keystone-paste.ini", "keystone/keystone-paste.ini"),
  first("keystone", "domains/keystone.people.conf", "keystone/domains/keystone.people.conf"),
  ...policy("keystone", "keystone", "keystone-fernet"),

  merged("glance-api", "glance-api.conf", [
    "global.conf",
    "glance.conf",
    "glance/glance-api.conf",
    "glance/<host>/glance-api.conf",
  ]),
  ...policy("glance", "glance-api"),

  ...HEAT.map((container) => main("heat", container)),
  ...policy("heat", ...HEAT),
  main("placement", "placement-api"),
  ...policy("placement", "placement-api"),

  ...["nova-api", "nova-metadata", "nova-scheduler"].map((container) => main("nova", container)),
  ...["nova-conductor", "nova-novncproxy", "nova-compute"].map((container) =>
    main("nova", container, [`nova/<host>/${container}.conf`]),
  ),
  ...["nova-api", "nova-metadata", "nova-compute"].map((container) =>
    first(container, "vendordata.json", "nova/vendordata.json"),
  ),
  first("nova-compute", "release", "nova_compute/<host>/release", "nova_compute/release", "nova/release"),
  ...policy("nova", "nova-api", "nova-metadata", "nova-compute"),

  ...NEUTRON.map((container) => main("neutron", container)),
  ...policy("neutron", ...NEUTRON),
  ...["neutron-server", "neutron-openvswitch-agent"].map((container) =>
    first(container, "own_driver.ini", "neutron/plugins/own_driver.ini"),
  ),
  ...[
    ["neutron-server", "ml2_conf.ini"],
    ["neutron-openvswitch-agent", "openvswitch_agent.ini"],
    ["neutron-dhcp-agent", "dhcp_agent.ini"],
    ["neutron-l3-agent", "l3_agent.ini"],
  ].map(([container = "", file = ""]) =>
    merged(container, file, [`neutron/${file}`, `neutron/<host>/${file}`]),
  ),
  merged("neutron-metadata-agent", "metadata_agent.ini", ["neutron/metadata_agent.ini"]),
  replaced("neutron-dhcp-agent", "dnsmasq.conf", "neutron"),

  merged("mariadb", "galera.cnf", ["galera.cnf", "mariadb/<host>/galera.cnf"]),

  ...[
    "rabbitmq-env.conf",
    "rabbitmq.conf",
    "erl_inetrc",
    "advanced.config",
    "definitions.json",
    "enabled_plugins",
  ].map((file) => replaced("rabbitmq", file, "rabbitmq")),

  replaced("haproxy", "haproxy.cfg", "haproxy", "haproxy_main.cfg"),
  replaced("haproxy", "haproxy_run.sh", "haproxy"),
  first("haproxy", "services.d/own.cfg", "haproxy/services.d/own.cfg"),
  replaced("keepalived", "keepalived.conf", "keepalived"),
  ...[
    "keystone",
    "glance-api",
    "heat-api",
    "heat-api-cfn",
    "placement-api",
    "nova-api",
    "nova-metadata",
    "nova-novncproxy",
    "neutron-server",
    "mariadb",
    "rabbitmq",
  ].map((service) => replaced("haproxy", `services.d/${service}.cfg`, "haproxy-config", `${service}.cfg`)),

  replaced("cron", "logrotate.conf", "cron", "cron-logrotate-global.conf"),
];

/** Switches of parts that are here but off, and what is read once they are on. */
export const READ_WHEN_ON: readonly ReadFile[] = [
  { ...main("neutron", "neutron-metering-agent"), variables: { enable_neutron_metering: "yes" } },
  {
    ...merged("neutron-metering-agent", "metering_agent.ini", ["neutron/metering_agent.ini"]),
    variables: { enable_neutron_metering: "yes" },
  },
];

/** Without any of these the cloud would be another one. */
export const REFUSED: readonly string[] = [
  "keystone/wsgi-keystone.conf",
  "keystone/<host>/wsgi-keystone.conf",
  "haproxy-config/haproxy_single_service_split.cfg.j2",
  "haproxy-config/<host>/haproxy_single_service_split.cfg.j2",
];

/** These belong to parts that are off, or not here. */
export const MOOT: readonly string[] = words(`
  glance-cache.conf glance/glance-cache.conf glance/<host>/glance-cache.conf glance/glance-image-import.conf
  glance/property-protections-rules.conf glance/glance-tls-proxy.cfg glance/<host>/glance-tls-proxy.cfg
  glance/ceph.conf glance/glance-api/ceph.conf glance/ceph.client.glance.keyring
  placement/placement-api-wsgi.conf placement/<host>/placement-api-wsgi.conf
  nova/ceph.conf nova/<host>/ceph.conf nova/ceph.client.nova.keyring nova/<host>/ceph.client.cinder.keyring
  nova/multipath.conf nova/<host>/multipath.conf vmware_ca nova/nova-libvirt/cacert.pem
  nova/nova-libvirt/<host>/serverkey.pem nova/nova-compute-ironic.conf nova/nova-spicehtml5proxy.conf
  nova/nova-serialproxy.conf nova/nova-super-conductor.conf
  neutron/neutron_vpnaas.conf neutron/<host>/neutron_vpnaas.conf neutron/sriov_agent.ini neutron/<host>/sriov_agent.ini
  neutron/mlnx_agent.ini neutron/<host>/mlnx_agent.ini neutron/eswitchd.conf neutron/<host>/eswitchd.conf
  neutron/fwaas_driver.ini neutron/neutron_ovn_metadata_agent.ini neutron/metering_agent.ini
  neutron/ironic_neutron_agent.ini neutron/bgp_dragent.ini neutron/ovn_agent.ini neutron/nsx.ini neutron/<host>/nsx.ini
  neutron/neutron-tls-proxy.cfg neutron/<host>/neutron-tls-proxy.cfg neutron/neutron_taas.conf
  neutron/<host>/neutron_taas.conf neutron/ironic-neutron-agent.conf neutron/neutron-ovn-metadata-agent.conf
  neutron/neutron-metering-agent.conf neutron/neutron-bgp-dragent.conf neutron/neutron-infoblox-ipam-agent.conf
  neutron/neutron-sriov-agent.conf neutron/neutron-mlnx-agent.conf neutron/neutron-eswitchd.conf
  neutron/neutron-ovn-agent.conf
  haproxy-config/nova-serialproxy.cfg haproxy-config/nova-spicehtml5proxy.cfg haproxy-config/neutron-tls-proxy.cfg
  haproxy-config/<host>/glance-tls-proxy.cfg haproxy-config/memcached.cfg
  backup.my.cnf mariadb/<host>/backup.my.cnf
  kolla-toolbox/rabbitmq-env.conf kolla-toolbox/<host>/rabbitmq-env.conf kolla-toolbox/erl_inetrc
  kolla-toolbox/<host>/erl_inetrc
`);

/** Of services that are not here at all: nobody need hear of them. */
export const OTHERS: readonly string[] = words(`
  cinder/<host>/cinder.conf cinder/cinder-volume/ceph.conf nfs_shares nfs_shares.j2
  cinder/nfs_shares horizon/_9999-custom-settings.py fluentd/output/elsewhere.conf multipath.conf
  multipath/<host>/multipath.conf proxysql/proxysql.yaml trove-guestagent.conf opensearch.yml
  hacluster-corosync/<host>/corosync.conf haproxy-config/cinder-api.cfg ironic/ironic-agent.kernel
`);

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}
