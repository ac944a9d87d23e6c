/**
 * Kolla-Ansible's variables that ask for something we lack. Each has a value that asks for nothing, Kolla-Ansible's own
 * default: with it they pass, with any other they are refused, since the cloud would not be what was asked for.
 */

/** These ask for it when they are on. */
const ON_ASKS = words(`
  docker_configure_for_zun containerd_configure_for_zun enable_cells enable_external_api_firewalld
  enable_external_mariadb_load_balancer enable_glance_image_cache enable_haproxy_memcached enable_keystone_federation
  enable_mariabackup enable_neutron_agent_ha enable_neutron_bgp_dragent enable_neutron_dvr enable_neutron_fwaas
  enable_neutron_infoblox_ipam_agent enable_neutron_metering enable_neutron_mlnx enable_neutron_packet_logging
  enable_neutron_port_forwarding enable_neutron_qos enable_neutron_segments enable_neutron_sfc enable_neutron_sriov
  enable_neutron_taas enable_neutron_trunk enable_neutron_vpnaas enable_nova_fake enable_nova_serialconsole_proxy
  enable_nova_swtpm enable_shared_var_lib_nova_mnt database_enable_tls_backend database_enable_tls_internal
  glance_backend_ceph glance_backend_s3 glance_backend_swift glance_backend_vmware
  glance_enable_interoperable_image_import glance_enable_property_protection haproxy_single_external_frontend
  kolla_copy_ca_into_containers kolla_dev_mode kolla_enable_tls_backend kolla_externally_managed_cert libvirt_tls
  neutron_dns_integration neutron_legacy_iptables nova_backend_ceph nova_enable_external_metadata
  nova_enable_nova_legacy_service om_enable_rabbitmq_high_availability om_enable_queue_manager om_enable_rabbitmq_tls
  openvswitch_hw_offload rabbitmq_enable_tls rabbitmq_enable_tls_backend use_common_mariadb_user
  use_preconfigured_databases
`);
const ON_ASKS_BY_RULE = /_(dev_mode|enable_tls_backend|database_enable_tls_internal)$/;

/** These ask for it when they are anything else. */
const OTHER_ASKS: Readonly<Record<string, unknown>> = {
  api_address_family: "ipv4",
  glance_default_backend: "file",
  keystone_identity_mappings: [],
  keystone_identity_providers: [],
  mariadb_loadbalancer: "haproxy",
  migration_address_family: "ipv4",
  om_notify_transport: "rabbit",
  om_rpc_transport: "rabbit",
  storage_address_family: "ipv4",
  tunnel_address_family: "ipv4",
};

/** Known to have no effect here, and none that a cloud would miss. */
const HARMLESS = new Set([
  "enable_ceilometer_horizon_policy_file",
  "enable_glance_horizon_policy_file",
  "enable_keystone_horizon_policy_file",
  "enable_neutron_horizon_policy_file",
  "enable_nova_horizon_policy_file",
  "workaround_ansible_issue_8743",
]);

/** What a variable of the operator's asks for: nothing, something without effect here, or what we lack. */
export type Asking = "nothing" | "no-effect" | { onlyWith: string };

/** Judges a value of one of Kolla-Ansible's variables that no option of ours answers to. */
export function askingOf(name: string, value: unknown): Asking {
  if (HARMLESS.has(name)) return "nothing";
  if (ON_ASKS.includes(name) || ON_ASKS_BY_RULE.test(name))
    return isOn(value) ? { onlyWith: "no" } : "nothing";
  if (Object.hasOwn(OTHER_ASKS, name)) {
    const neutral = OTHER_ASKS[name];
    return isSame(value, neutral) ? "nothing" : { onlyWith: JSON.stringify(neutral) };
  }
  return "no-effect";
}

/** Whether a flag is on, in any of the words that Ansible takes for it. */
export function isOn(value: unknown): boolean {
  return value === true || /^(true|yes|on|1|y|t)$/i.test(String(value).trim());
}

/** Values for operators' own Jinja2, which may name any of these variables. */
export function neutralValues(): Record<string, unknown> {
  return { ...Object.fromEntries(ON_ASKS.map((name) => [name, false])), ...OTHER_ASKS };
}

function isSame(value: unknown, neutral: unknown): boolean {
  if (Array.isArray(neutral)) return Array.isArray(value) ? value.length === 0 : !value;
  return String(value ?? "") === neutral;
}

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}
