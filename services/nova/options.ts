import {
  choice,
  count,
  duration,
  flag,
  hostname,
  list,
  map,
  port,
  seconds,
  secret,
  sshKey,
  text,
  volume,
  word,
} from "#model";
import { portOptions, sparePort, topicOptions } from "#openstack";
import { nova } from "./api.ts";

/** Nova's options, under Kolla-Ansible's names. */
export const options = {
  ...nova.options.ports,
  ...nova.options.endpoints,
  nova_metadata_port: port(8775, "Port of the metadata API on the internal VIP."),
  nova_metadata_listen_port: port("{{ nova_metadata_port }}", "Port of the metadata API on each host."),
  nova_metadata_spare_port: sparePort("nova_metadata_listen_port", "the metadata API"),
  ...portOptions("nova_novncproxy", "the VNC console", 6080),
  nova_novncproxy_spare_port: sparePort("nova_novncproxy_listen_port", "the VNC console"),
  nova_novncproxy_fqdn: hostname("{{ kolla_external_fqdn }}", "Name in the addresses of VNC consoles."),
  enable_nova_serialconsole_proxy: flag(false, "Servers have serial consoles that users can open."),
  ...portOptions("nova_serialproxy", "serial consoles", 6083),
  nova_serialproxy_spare_port: sparePort("nova_serialproxy_listen_port", "serial consoles"),
  nova_console_drain_seconds: seconds(
    120,
    "Time that open consoles may go on when their proxy is replaced, for which the deploy waits; then they are cut.",
  ),
  nova_serialproxy_fqdn: hostname("{{ kolla_external_fqdn }}", "Name in the addresses of serial consoles."),
  nova_serialproxy_protocol: choice(
    ["ws", "wss"],
    "{{ 'wss' if kolla_enable_tls_external | bool else 'ws' }}",
    "Protocol in the addresses of serial consoles.",
  ),
  haproxy_nova_serialconsole_proxy_tunnel_timeout: duration(
    "10m",
    "Time after which the load balancer closes a serial console in which nothing is said.",
  ),
  nova_enable_external_metadata: flag(
    false,
    "The metadata API is offered on the external VIP too. Servers do not need that: metadata agents ask it inside.",
  ),
  nova_ssh_port: port(8022, "Port of the SSH server that disks move through when a server is resized."),
  nova_ssh_key: sshKey("Key pair that disks move with."),
  enable_nova_ssh: flag(true, "SSH between compute hosts, for resize and cold migration."),

  ...topicOptions("nova"),
  nova_api_workers: count("{{ openstack_service_workers }}", "Processes of the compute API.", { min: 1 }),
  nova_metadata_api_workers: count("{{ openstack_service_workers }}", "Processes of the metadata API.", {
    min: 1,
  }),
  nova_cell_conductor_workers: count("{{ openstack_service_rpc_workers }}", "Processes of the conductor.", {
    min: 1,
  }),
  nova_scheduler_workers: count("{{ openstack_service_rpc_workers }}", "Processes of the scheduler.", {
    min: 1,
  }),

  ...nova.options.accounts,
  nova_database_name: word("nova", "Schema of the cell that servers live in."),
  nova_database_user: word("nova", "Account of Nova at the database, for cells."),
  nova_cell0_database_name: word("{{ nova_database_name }}_cell0", "Schema of servers that found no host."),
  nova_api_database_name: word("nova_api", "Schema of what is above cells."),
  nova_api_database_user: word("nova_api", "Account of Nova at the database, above cells."),
  nova_api_database_password: secret("Password of that account at the database."),
  nova_cell_name: word(
    "cell1",
    "Name of the cell. Kolla-Ansible gives it none; an existing cell keeps its name.",
  ),
  metadata_secret: secret("What the metadata agent and Nova know each other by."),

  nova_compute_virt_type: choice(
    ["kvm", "qemu"],
    "kvm",
    "How servers run: kvm, or qemu's emulation where there is no KVM.",
  ),
  nova_libvirt_cpu_mode: text(
    "{{ 'none' if nova_compute_virt_type == 'qemu' else '' }}",
    "CPU that servers see; empty: Nova's default.",
  ),
  nova_console: choice(
    ["novnc", "none"],
    "novnc",
    "Graphical consoles. SPICE is not supported yet: it would make the image of libvirt 250 MB larger.",
  ),
  nova_instance_datadir_volume: volume(
    "nova_compute",
    "Volume or absolute path that holds the disks of servers.",
  ),
  nova_cell_compute_provider_config: map(
    {},
    "Resources of compute hosts that Nova cannot see itself, as nova/provider_config.yaml says them; set it by host or group.",
  ),
  nova_backend: choice(["default"], "default", "Disks of servers are files. RBD is not supported yet."),
  enable_nova_libvirt_container: flag(
    "{{ nova_compute_virt_type in ['kvm', 'qemu'] }}",
    "libvirt runs in a container, not on the host.",
  ),
  nova_libvirt_logging_debug: flag("{{ nova_logging_debug }}", "libvirt logs all that it does."),
  nova_libvirt_port: port(
    16509,
    "Port of libvirt on the migration network. It is open only where there is a second compute host that servers can move to.",
  ),
  libvirt_enable_sasl: flag(true, "libvirt of another compute host has to show an account and a password."),
  libvirt_sasl_authname: word("nova", "That account."),
  libvirt_sasl_password: secret("Its password."),
  libvirt_sasl_mech_list: list(
    ["DIGEST-MD5"],
    "How it is shown, as SASL calls it. Without TLS only one will do that encrypts what follows.",
  ),
  libvirt_max_workers: count(50, "Threads of libvirt.", { min: 1 }),
  libvirt_max_client_requests: count(20, "Requests that libvirt works on for one client at a time.", {
    min: 1,
  }),
  qemu_max_files: count(
    0,
    "Open files of each server's process; 0: as the container. Other values need CAP_SYS_RESOURCE, which is not given. Kolla-Ansible: 32768.",
  ),
  qemu_max_processes: count(
    0,
    "Threads of each server's process; 0: as the container. Other values need CAP_SYS_RESOURCE, which is not given. Kolla-Ansible: 131072.",
  ),
} as const;
