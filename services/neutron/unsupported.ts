import { judgedAlike, ofAbsentContainers } from "#model";

/** Kolla-Ansible's variables without which the network would be another one, and what is lacking. */
export const refuses: Readonly<Record<string, string>> = {
  ...judgedAlike("OVN is not here yet", "neutron_enable_ovn_agent neutron_ovn_dhcp_agent"),
  ...judgedAlike("OVN is not here yet", "neutron_ovn_distributed_fip neutron_ovn_availability_zones"),
  enable_neutron_sriov: "SR-IOV agents are not here yet",
  enable_neutron_mlnx: "Agents for Mellanox cards are not here yet",
  enable_neutron_fwaas: "Firewalls as a service are not here yet",
  enable_neutron_vpnaas: "VPN as a service is not here yet",
  enable_neutron_bgp_dragent: "Agents that announce routes with BGP are not here yet",
  enable_neutron_sfc: "Chains of services are not here yet",
  enable_neutron_taas: "Copies of traffic (tap as a service) are not here yet",
  enable_neutron_infoblox_ipam_agent: "Infoblox is not here yet",
  neutron_modules_extra:
    "Modules are not loaded into the kernels of hosts yet; name them in /etc/modules-load.d of the hosts",
  neutron_modules_default:
    "Modules are not loaded into the kernels of hosts yet; name them in /etc/modules-load.d of the hosts",
  neutron_agents_wrappers: "What agents start for networks is not in containers of its own yet",
  neutron_database_address: "The schema is made in the database of the site: set database_address",
  neutron_subprojects: "Neutron's further projects, with schemas of their own, are not here yet",
  neutron_bootstrap_services: "Neutron's further projects, with schemas of their own, are not here yet",
};

const WITH_SRIOV = "It matters with enable_neutron_sriov, which is not here yet";
const WITH_MLNX = "It matters with enable_neutron_mlnx, which is not here yet";
const WITH_VMWARE = "It matters with a plug-in of VMware, and none is here";
const WITH_INFOBLOX = "It matters with enable_neutron_infoblox_ipam_agent, which is not here yet";

/** Kolla-Ansible's variables that a network of ours needs nothing of, and why. */
export const moot: Readonly<Record<string, string>> = {
  ...ofAbsentContainers(
    "ironic_neutron_agent",
    "neutron_bgp_dragent",
    "neutron_eswitchd",
    "neutron_infoblox_ipam_agent",
    "neutron_mlnx_agent",
    "neutron_ovn_agent",
    "neutron_ovn_metadata_agent",
    "neutron_sriov_agent",
    "neutron_tls_proxy",
  ),
  ...judgedAlike(WITH_SRIOV, "neutron_sriov_physnet_mappings neutron_sriov_physnets"),
  ...judgedAlike(WITH_MLNX, "neutron_mlnx_physnet_mappings neutron_mlnx_physnets"),
  ...judgedAlike(
    WITH_VMWARE,
    `ovs_bridge nsxv3_api_managers nsxv3_api_user nsxv3_default_overlay_tz nsxv3_default_tier0_router
    nsxv3_default_vlan_tz nsxv3_dhcp_profile nsxv3_metadata_proxy nsxv3_native_dhcp_metadata
    vmware_dvs_dhcp_override_mac vmware_dvs_dvs_name vmware_dvs_host_ip vmware_dvs_host_port
    vmware_dvs_host_username vmware_dvs_insecure vmware_nsxp_api_managers vmware_nsxp_api_user
    vmware_nsxp_default_overlay_tz vmware_nsxp_default_tier0_router vmware_nsxp_default_vlan_tz
    vmware_nsxp_dhcp_profile vmware_nsxp_insecure vmware_nsxp_metadata_proxy vmware_nsxp_native_dhcp_metadata
    vmware_nsxv_backup_edge_pool vmware_nsxv_cluster_moid vmware_nsxv_datacenter_moid vmware_nsxv_datastore_id
    vmware_nsxv_dvs_id vmware_nsxv_edge_ha vmware_nsxv_external_network vmware_nsxv_insecure
    vmware_nsxv_manager_uri vmware_nsxv_metadata_initializer vmware_nsxv_resource_pool_id
    vmware_nsxv_spoofguard_enabled vmware_nsxv_user vmware_nsxv_vdn_scope_id`,
  ),
  ...judgedAlike(
    WITH_INFOBLOX,
    `infoblox_admin_user_name infoblox_cloud_data_center_id infoblox_grid_master_host infoblox_grid_master_name
    infoblox_wapi_max_results infoblox_wapi_version`,
  ),
  neutron_bgp_router_id: "It matters with enable_neutron_bgp_dragent, which is not here yet",
  ...judgedAlike("Kolla-Ansible writes it into no file", "notification_drivers neutron_notification_drivers"),
  neutron_l3_agent_failover_delay:
    "Nobody waits between the L3 agents of two hosts: take one host after the other with --limit",
  neutron_enable_rolling_upgrade: "Kolla's upgrade of a release is not here yet",
  neutron_rolling_upgrade_services: "Kolla's upgrade of a release is not here yet",
  enable_neutron_horizon_policy_file: "There is no dashboard yet",
  neutron_ssh_key: "Kolla-Ansible gives it to the API, which logs in to no switch here",
  neutron_policy_file: "A policy file of the operator's is found by its place",
  check_extra_ml2_plugins: "Kolla-Ansible computes it",
};
