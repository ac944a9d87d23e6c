#!/bin/bash
# Sourced as user rabbitmq. KOLLA_BOOTSTRAP writes the secret the cluster's members share
# and ends the container.

if [[ -v KOLLA_BOOTSTRAP ]]; then
    cookie=/var/lib/rabbitmq/.erlang.cookie
    rm -f "${cookie}"
    (umask 0377 && printf '%s' "${RABBITMQ_CLUSTER_COOKIE}" > "${cookie}")
    exit 0
fi

kolla_log_directory rabbitmq
# The server knows its log directory by another name than the deployment.
export RABBITMQ_LOG_BASE=${RABBITMQ_LOG_BASE:-${RABBITMQ_LOG_DIR:-/var/log/kolla/rabbitmq}}
