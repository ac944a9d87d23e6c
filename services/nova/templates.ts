/**
 * libvirtd.conf: only the socket, which Nova's account may use. There is no port, so nothing has to be encrypted or
 * given a password; live migration between hosts will bring one with TLS.
 */
export function libvirtdConf(): string {
  return `listen_tls = 0
listen_tcp = 0
unix_sock_group = "nova"
unix_sock_ro_perms = "0770"
unix_sock_rw_perms = "0770"
auth_unix_ro = "none"
auth_unix_rw = "none"
log_level = 3
log_outputs = "3:file:/var/log/kolla/libvirt/libvirtd.log 3:stderr"
`;
}

/**
 * qemu.conf: servers run as Nova's account, which owns their disks. Their output goes to files, as there is no
 * virtlogd beside libvirt. No limits are set (0), because raising one needs CAP_SYS_RESOURCE.
 */
export function qemuConf(limits: { qemu_max_files: number; qemu_max_processes: number }): string {
  return `stdio_handler = "file"
user = "nova"
group = "nova"
dynamic_ownership = 1
security_driver = "none"
max_files = ${limits.qemu_max_files}
max_processes = ${limits.qemu_max_processes}
`;
}

/**
 * Starts libvirt outside of the container's control groups: the engine ends whatever it finds in those, and servers,
 * which libvirt starts beside itself, must go on when its container is stopped or replaced. Their devices are then
 * limited by the groups that libvirt makes for each of them.
 */
export function startLibvirtScript(): string {
  return `#!/bin/bash
set -o errexit -o nounset -o pipefail

# One hierarchy on hosts of today, one for each controller on older ones: the roots of all of them.
for procs in /sys/fs/cgroup/cgroup.procs /sys/fs/cgroup/*/cgroup.procs; do
    root=$(dirname "$procs")
    if [[ -w $procs ]] && mountpoint -q "$root"; then
        echo $$ > "$procs"
    fi
done

# One that was left behind when its container was killed would keep the servers to itself.
pid_file=/run/libvirt/kolla-libvirtd.pid
if [[ -s $pid_file ]]; then
    old=$(<"$pid_file")
    for _ in {1..30}; do
        [[ $(cat "/proc/$old/comm" 2>/dev/null) == libvirtd ]] || break
        kill "$old"
        sleep 1
    done
fi
# Out of the engine's reach it would outlive a container that is killed, and an engine of today waits for it then.
exec setpriv --pdeathsig KILL /usr/sbin/libvirtd --pid-file "$pid_file"
`;
}
