#!/bin/bash
# Starts libvirt outside of the container's control groups: the engine ends whatever it finds in those, and servers,
# which libvirt starts beside itself, must go on when its container is stopped or replaced. Their devices are then
# limited by the groups that libvirt makes for each of them.
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
# The account that other hosts come with has the password that this one comes with to them.
accounts=/etc/libvirt/auth.conf
if [[ -s $accounts ]]; then
    name=$(sed -n 's/^authname=//p' "$accounts")
    sed -n 's/^password=//p' "$accounts" | saslpasswd2 -p -c -a libvirt -f /etc/libvirt/passwd.db "$name"
fi
# Out of the engine's reach it would outlive a container that is killed, and an engine of today waits for it then.
exec setpriv --pdeathsig KILL /usr/sbin/libvirtd --listen --pid-file "$pid_file"
