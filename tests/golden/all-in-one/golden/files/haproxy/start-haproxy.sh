#!/bin/bash
# Starts HAProxy; the arguments say where its configuration is. Where the generation before serves, the new process is
# handed the sockets that it listens on, and what it knows of the servers (haproxy's management guide, 3 and 4). Where a
# socket file is left that nobody answers at, as after a boot, it listens by itself.
set -o errexit

socket=/var/lib/kolla/haproxy/haproxy.sock
states=/run/haproxy-servers
before=()
if echo "show servers state" | timeout 5 socat -t 5 - "UNIX-CONNECT:${socket}" >"${states}" 2>/dev/null; then
    before=(-x "${socket}")
fi
# A master socket of its own: at the shared one either generation answers.
exec /usr/sbin/haproxy -W -db -S /run/haproxy-master.sock -p /run/haproxy.pid "${before[@]}" "$@"
