#!/bin/bash
# Makes HAProxy read its configuration again, if it is good: the master starts new workers, and the old ones end with
# their last connection (haproxy's management guide, 4). New ones begin with what the old ones know of the servers. The
# arguments say where the configuration is.
set -o errexit

haproxy -c "$@"
echo "show servers state" | timeout 5 socat -t 5 - UNIX-CONNECT:/var/lib/kolla/haproxy/haproxy.sock >/run/haproxy-servers ||
    : >/run/haproxy-servers
kill -USR2 "$(cat /run/haproxy.pid)"
