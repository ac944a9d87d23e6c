import type { Context } from "./context.ts";
import { migration } from "./migration.ts";

/**
 * libvirtd.conf: the socket, which Nova's account may use, and a port only where servers can move to this host.
 * Nova alone asks much of libvirt: with libvirt's own limits, made for many strangers, long requests starve short ones.
 */
export function libvirtdConf(context: Context): string {
  const { opt } = context;
  const level = opt.nova_libvirt_logging_debug ? 1 : 3;
  return `listen_tls = 0
${listening(context)}unix_sock_group = "nova"
unix_sock_ro_perms = "0770"
unix_sock_rw_perms = "0770"
auth_unix_ro = "none"
auth_unix_rw = "none"
max_workers = ${opt.libvirt_max_workers}
max_client_requests = ${opt.libvirt_max_client_requests}
log_level = ${level}
log_outputs = "${level}:file:/var/log/kolla/libvirt/libvirtd.log 3:stderr"
`;
}

/** Hosts tell each other apart by their numbers, and boards and copied machines may have equal ones: so by their names. */
function listening(context: Context): string {
  const moves = migration(context);
  if (!moves) return "listen_tcp = 0\n";
  return `listen_tcp = 1
listen_addr = "${moves.address}"
tcp_port = "${moves.port}"
auth_tcp = "${moves.account ? "sasl" : "none"}"
host_uuid = "${moves.hostUuid}"
`;
}

/**
 * qemu.conf: servers run as Nova's account, which owns their disks. Their output goes to files, as there is no
 * virtlogd beside libvirt. No limits are set (0), because raising one needs CAP_SYS_RESOURCE. Servers on their way come
 * in through the migration network alone.
 */
export function qemuConf(context: Context): string {
  const { opt } = context;
  const moves = migration(context);
  return `stdio_handler = "file"
user = "nova"
group = "nova"
dynamic_ownership = 1
security_driver = "none"
max_files = ${opt.qemu_max_files}
max_processes = ${opt.qemu_max_processes}
${moves ? `migration_address = "${moves.address}"\n` : ""}`;
}
