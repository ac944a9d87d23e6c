#!/bin/bash
# Logs, then the acts on the database that the deployment asks for.
kolla_log_directory keystone

# A container that runs as root must not leave files that the service cannot write.
as_keystone() {
    if [[ ${EUID} -eq 0 ]]; then
        sudo -E -H -u keystone "$@"
    else
        "$@"
    fi
}

keystone_manage() {
    as_keystone keystone-manage "$@"
}

# Words, as an operator would type them.
# shellcheck disable=SC2206
extra=(${EXTRA_KEYSTONE_MANAGE_ARGS:-})

if [[ -v KOLLA_BOOTSTRAP ]]; then
    keystone_manage "${extra[@]}" db_sync
    exit 0
fi

if [[ -v KOLLA_UPGRADE ]]; then
    keystone_manage "${extra[@]}" db_sync --expand
    keystone_manage "${extra[@]}" db_sync --migrate
    exit 0
fi

if [[ -v KOLLA_FINISH_UPGRADE ]]; then
    keystone_manage "${extra[@]}" db_sync --contract
    exit 0
fi

if [[ -v KOLLA_UPGRADE_CHECK ]]; then
    as_keystone kolla_upgrade_check keystone-status upgrade check
    exit $?
fi
