#!/bin/bash
# The acts on the database that the deployment asks for.
neutron_db() {
    neutron-db-manage --subproject "$1" upgrade "$2"
}

if [[ -v KOLLA_BOOTSTRAP ]]; then
    for subproject in neutron ${NEUTRON_BOOTSTRAP_SERVICES:-}; do
        neutron_db "${subproject}" head
    done
    exit 0
fi

if [[ -v KOLLA_UPGRADE ]]; then
    for subproject in neutron ${NEUTRON_ROLLING_UPGRADE_SERVICES:-}; do
        if [[ -v NEUTRON_DB_EXPAND ]]; then
            neutron_db "${subproject}" --expand
        fi
        if [[ -v NEUTRON_DB_CONTRACT ]]; then
            neutron_db "${subproject}" --contract
        fi
    done
    exit 0
fi
