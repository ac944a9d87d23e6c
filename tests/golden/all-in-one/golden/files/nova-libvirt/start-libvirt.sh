#!/bin/bash
# Starts libvirt outside of the container's control groups: the engine ends whatever it finds in those, and servers,
# which libvirt starts beside itself, must go on when its container is stopped or replaced. Their devices are then
# limited by the groups that libvirt makes for each of them.
set -o errexit -o nounset -o pipefail

# Out of the engine's reach it would outlive a container that is killed, and an engine of today waits for it then.
if [[ ${1:-} != mortal ]]; then
    exec setpriv --pdeathsig KILL "$0" mortal
fi

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

# Held by who builds servers, and passed on the way to that (kolla_compute): a libvirt that is told to stop lets builds
# end and no other begin. A build may load a large image: it gets two minutes. The gate nobody keeps.
gate=/run/libvirt/kolla-build.gate
lock=/run/libvirt/kolla-build.lock
# A trap calls it.
# shellcheck disable=SC2317
stop() {
    exec 8>> "$gate" 9>> "$lock"
    flock --wait 20 8 && flock --wait 120 9 || echo "servers are still being built" >&2
    kill "$libvirtd"
}
touch "$gate" "$lock"
chmod 0644 "$gate" "$lock"

setpriv --pdeathsig KILL /usr/sbin/libvirtd --listen --pid-file "$pid_file" &
libvirtd=$!
trap stop TERM
trap 'kill -HUP "$libvirtd"' HUP
# A signal ends the wait, not libvirt.
code=0
while [[ -d /proc/$libvirtd ]]; do
    code=0
    wait "$libvirtd" || code=$?
done
exit "$code"
