#!/bin/bash
# Whether this container's HAProxy works, and not only another generation that accepts at the same sockets: its master
# asks its worker. The argument is the URL at which HAProxy tells that it works.
set -o errexit -o pipefail

answer=$(echo "@1 show info" | timeout 5 socat -t 5 - UNIX-CONNECT:/run/haproxy-master.sock)
[[ ${answer} == *"Name: HAProxy"* ]]
healthcheck_curl "$1"
