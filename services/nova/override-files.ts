const CEPH = "Nova keeps disks in files, not in Ceph";
const SERIAL = "serial consoles are off";
const SPICE = "SPICE consoles are off: nova_console is not spice";
const TLS = "connections between libvirts are not encrypted";

/** Files of parts of Nova that are not here, or not unless they are switched on. */
export const mootFiles: Readonly<Record<string, string>> = {
  "haproxy-config/nova-serialproxy.cfg": SERIAL,
  "haproxy-config/nova-spicehtml5proxy.cfg": SPICE,
  "nova/ceph*.conf": CEPH,
  "nova/*.keyring": CEPH,
  "nova/multipath.conf": "it is only read with enable_multipathd, which is off",
  "nova/nova-compute-ironic.conf": "Ironic is not here",
  "nova/nova-libvirt/*.pem": TLS,
  "nova/nova-serialproxy.conf": SERIAL,
  "nova/nova-spicehtml5proxy.conf": SPICE,
  "nova/nova-super-conductor.conf":
    "there is one cell, whose conductor does this too: nova/nova-conductor.conf",
  vmware_ca: "servers run on KVM or QEMU, not on VMware",
};
