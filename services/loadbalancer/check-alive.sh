#!/bin/bash
# Whether HAProxy answers on its socket.
answer=$(echo "show info" | timeout 2 socat - UNIX-CONNECT:/var/lib/kolla/haproxy/haproxy.sock) || exit 1
[[ $answer == *"Name: HAProxy"* ]]
