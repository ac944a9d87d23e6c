import { judgedAlike, ofAbsentContainers } from "#model";

const ONE_CELL = "There is one cell, and it has the groups, the database and the broker of the site";
const RBD = "Disks of servers are files; RBD is not here yet";

/** Kolla-Ansible's variables without which servers would run otherwise, and what is lacking. */
export const refuses: Readonly<Record<string, string>> = {
  enable_cells: ONE_CELL,
  ...judgedAlike(
    ONE_CELL,
    `nova_cell_compute_group nova_cell_conductor_group nova_cell_novncproxy_group nova_cell_serialproxy_group
    nova_cell_database_name nova_cell_database_user nova_cell_database_password nova_cell_database_address
    nova_cell_database_port nova_cell_database_group nova_cell_database_admin_user nova_cell_database_admin_password
    nova_cell_database_shard_id nova_cell_database_shard_root_user
    nova_cell_rpc_user nova_cell_rpc_password nova_cell_rpc_port nova_cell_rpc_group_name nova_cell_rpc_transport
    nova_cell_rpc_vhost nova_cell_rpc_tags nova_cell_rpc_transport_url
    nova_cell_notify_user nova_cell_notify_password nova_cell_notify_port nova_cell_notify_group_name
    nova_cell_notify_transport nova_cell_notify_vhost nova_cell_notify_tags nova_cell_notify_transport_url`,
  ),
  nova_cell_conductor_has_api_database: "The conductor always knows the database that is above cells",
  ...judgedAlike(
    "The schemata are made in the database of the site: set database_address",
    `nova_database_address nova_api_database_address nova_api_database_host nova_cell0_database_address`,
  ),
  ...judgedAlike(
    "Servers that found no host are in a schema of the cells' account: nova_database_user, nova_database_password",
    "nova_cell0_database_user nova_cell0_database_password",
  ),
  nova_backend_ceph: RBD,
  enable_nova_fake: "Servers that only seem to run are not here",
  libvirt_tls: "TLS between the libvirts of compute hosts is not here yet",
  nova_pci_passthrough_whitelist:
    "libvirt's container may not take devices from the host's kernel, so servers cannot be given PCI devices yet",
  ...judgedAlike(
    "Jobs have the mounts of the container that they are like: set nova_conductor_extra_volumes",
    "nova_api_bootstrap_extra_volumes nova_cell_bootstrap_extra_volumes nova_cell_get_settings_volumes",
  ),
  qemu_user_gid: "The group of servers' processes is the image's",
  enable_nova_swtpm: "TPMs for servers are not here yet",
  enable_shared_var_lib_nova_mnt: "Volumes over NFS or Quobyte are not here yet",
  nova_enable_nova_legacy_service: "The catalogue's entry compute_legacy is not here",
  nova_wsgi_provider: "The APIs run under uWSGI",
};

const WITH_VMWARE = "It matters with nova_compute_virt_type: vmware, which is not here";
const WITH_IRONIC = "Ironic is not here yet";
const WITH_SPICE = "It matters with nova_console: spice, which is not here yet";
const WITH_TLS = "It matters with libvirt_tls, which is not here yet";

/** Kolla-Ansible's variables that servers of ours need nothing of, and why. */
export const moot: Readonly<Record<string, string>> = {
  ...ofAbsentContainers("nova_compute_ironic", "nova_spicehtml5proxy", "nova_super_conductor"),
  ...judgedAlike(
    WITH_VMWARE,
    `vmware_vcenter_cluster_name vmware_vcenter_datastore_regex vmware_vcenter_host_ip vmware_vcenter_host_username
    vmware_vcenter_insecure`,
  ),
  ...judgedAlike(
    WITH_IRONIC,
    `nova_cell_compute_ironic_group nova_cell_ironic_cell_name nova_compute_ironic_custom_host
    nova_multi_compute_ironic_config`,
  ),
  ...judgedAlike(
    WITH_SPICE,
    `nova_spicehtml5proxy_fqdn nova_spicehtml5proxy_port nova_spicehtml5proxy_public_port
    nova_spicehtml5proxy_listen_port nova_cell_spicehtml5proxy_group haproxy_nova_spicehtml5_proxy_tunnel_timeout`,
  ),
  ...judgedAlike(WITH_TLS, "libvirt_tls_manage_certs migration_hostname"),
  ...judgedAlike("It matters with nova_backend: rbd, which is not here yet", "nova_cell_ceph_backend"),
  nova_ceph_cluster: "It matters with nova_backend: rbd, which is not here yet",
  nova_hw_disk_discard: "It matters with nova_backend: rbd, which is not here yet",
  num_nova_fake_per_node: "It matters with enable_nova_fake, which is not here",
  ...judgedAlike("It matters with enable_nova_swtpm, which is not here yet", "swtpm_user swtpm_group"),
  nova_superconductor_workers: "It matters with enable_cells, which is not here",
  ...judgedAlike(
    "Kolla-Ansible names it in no file of Nova's",
    "nova_metadata_internal_fqdn nova_metadata_external_fqdn",
  ),
  ...judgedAlike("Kolla's upgrade of a release is not here yet", "nova_safety_upgrade"),
  nova_compute_startup_delay: "Kolla's upgrade of a release is not here yet",
  nova_compute_registration_fatal: "A compute host that does not register fails the run in any case",
  ...judgedAlike(
    "The command nova-libvirt-cleanup is not here",
    "nova_libvirt_cleanup_running_vms_fatal nova_libvirt_cleanup_remove_volumes",
  ),
  nova_libvirt_volume: "nova-compute asks libvirt itself and needs nothing of its directory",
  ...judgedAlike(
    "Kolla-Ansible computes it",
    `nova_services_require_policy_json nova_cell_services_require_nova_conf nova_cell_services_require_policy_json
    nova_legacy_internal_endpoint nova_legacy_public_endpoint nova_libvirt_default_dimensions
    nova_cell0_and_default_cell_database_shard`,
  ),
  enable_nova_horizon_policy_file: "There is no dashboard yet",
  nova_policy_file: "A policy file of the operator's is found by its place",
  vendordata_file_path: "vendordata.json is found by its place",
};
