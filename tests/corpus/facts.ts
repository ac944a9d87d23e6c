/** Facts of a Debian host as Ansible gathers them, with these interfaces (name → address with prefix length, or ""). */
export function factsOf(host: string, interfaces: Readonly<Record<string, string>>): Record<string, unknown> {
  const names = ["lo", ...Object.keys(interfaces)];
  const own = Object.entries(interfaces).map(([name, address], index) => [
    `ansible_${name.replaceAll(/[^A-Za-z0-9]/g, "_")}`,
    interfaceFacts(name, address, index),
  ]);
  return {
    ansible_nodename: host,
    ansible_hostname: host.split(".")[0],
    ansible_fqdn: host,
    ansible_domain: host.split(".").slice(1).join("."),
    ansible_architecture: "x86_64",
    ansible_machine: "x86_64",
    ansible_kernel: "6.12.0-amd64",
    ansible_system: "Linux",
    ansible_os_family: "Debian",
    ansible_distribution: "Debian",
    ansible_distribution_release: "trixie",
    ansible_distribution_version: "13.1",
    ansible_distribution_major_version: "13",
    ansible_service_mgr: "systemd",
    ansible_pkg_mgr: "apt",
    ansible_python_version: "3.13.5",
    ansible_processor_vcpus: 8,
    ansible_processor_cores: 4,
    ansible_processor_nproc: 8,
    ansible_memtotal_mb: 32000,
    ansible_virtualization_role: "host",
    ansible_virtualization_type: "kvm",
    ansible_interfaces: names,
    ansible_lo: {
      device: "lo",
      active: true,
      ipv4: { address: "127.0.0.1", netmask: "255.0.0.0", prefix: "8" },
    },
    ...defaultRoute(interfaces),
    ...Object.fromEntries(own),
  };
}

function interfaceFacts(name: string, address: string, index: number): Record<string, unknown> {
  const base = {
    device: name,
    active: true,
    mtu: 1500,
    type: "ether",
    macaddress: `52:54:00:00:00:0${index}`,
  };
  return address ? { ...base, ipv4: addressFacts(address) } : base;
}

function addressFacts(address: string): Record<string, string> {
  const [bare = "", prefix = "24"] = address.split("/");
  const network = `${bare.split(".").slice(0, 3).join(".")}.0`;
  return {
    address: bare,
    prefix,
    netmask: "255.255.255.0",
    network,
    broadcast: `${network.slice(0, -1)}255`,
  };
}

function defaultRoute(interfaces: Readonly<Record<string, string>>): Record<string, unknown> {
  const [first] = Object.entries(interfaces).filter(([, address]) => address);
  if (!first) return {};
  const { network = "", ...rest } = addressFacts(first[1]);
  const gateway = `${network.slice(0, -1)}1`;
  return { ansible_default_ipv4: { interface: first[0], gateway, network, ...rest } };
}
