#!/bin/bash
# Sourced as user rabbitmq. KOLLA_BOOTSTRAP writes the secret the cluster's members share
# and ends the container.

if [[ -v KOLLA_BOOTSTRAP ]]; then
    cookie=/var/lib/rabbitmq/.erlang.cookie
    rm -f "${cookie}"
    (umask 0377 && printf '%s' "${RABBITMQ_CLUSTER_COOKIE}" > "${cookie}")
    exit 0
fi

if [[ ! -d /var/log/kolla/rabbitmq ]]; then
    mkdir -p /var/log/kolla/rabbitmq
fi
if [[ $(stat -c %a /var/log/kolla/rabbitmq) != 755 ]]; then
    chmod 755 /var/log/kolla/rabbitmq
fi
# The server knows its log directory by another name than the deployment.
export RABBITMQ_LOG_BASE=${RABBITMQ_LOG_BASE:-${RABBITMQ_LOG_DIR:-/var/log/kolla/rabbitmq}}
