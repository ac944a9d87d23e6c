const switchedOff = (name: string): string => `it is only read with ${name}, which is off`;
const notHere = (what: string): string => `${what} is not here`;
const TLS = "nothing is encrypted between the load balancer and Neutron";

/** Files of parts of Neutron that are not here, or not unless they are switched on. */
export const mootFiles: Readonly<Record<string, string>> = {
  "haproxy-config/neutron-tls-proxy.cfg": TLS,
  "neutron/bgp_dragent.ini": switchedOff("enable_neutron_bgp_dragent"),
  "neutron/eswitchd.conf": switchedOff("enable_neutron_mlnx"),
  "neutron/fwaas_driver.ini": switchedOff("enable_neutron_fwaas"),
  "neutron/ironic_neutron_agent.ini": notHere("Ironic"),
  "neutron/ironic-neutron-agent.conf": notHere("Ironic"),
  "neutron/metering_agent.ini": switchedOff("enable_neutron_metering"),
  "neutron/mlnx_agent.ini": switchedOff("enable_neutron_mlnx"),
  "neutron/neutron_ovn_metadata_agent.ini": notHere("OVN"),
  "neutron/neutron_taas.conf": switchedOff("enable_neutron_taas"),
  "neutron/neutron_vpnaas.conf": switchedOff("enable_neutron_vpnaas"),
  "neutron/neutron-bgp-dragent.conf": switchedOff("enable_neutron_bgp_dragent"),
  "neutron/neutron-eswitchd.conf": switchedOff("enable_neutron_mlnx"),
  "neutron/neutron-infoblox-ipam-agent.conf": switchedOff("enable_neutron_infoblox_ipam_agent"),
  "neutron/neutron-metering-agent.conf": switchedOff("enable_neutron_metering"),
  "neutron/neutron-mlnx-agent.conf": switchedOff("enable_neutron_mlnx"),
  "neutron/neutron-ovn-agent.conf": notHere("OVN"),
  "neutron/neutron-ovn-metadata-agent.conf": notHere("OVN"),
  "neutron/neutron-sriov-agent.conf": switchedOff("enable_neutron_sriov"),
  "neutron/neutron-tls-proxy.cfg": TLS,
  "neutron/nsx.ini": notHere("VMware NSX"),
  "neutron/ovn_agent.ini": notHere("OVN"),
  "neutron/sriov_agent.ini": switchedOff("enable_neutron_sriov"),
};
