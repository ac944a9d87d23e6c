#!/bin/bash
# The acts on the databases that the deployment asks for.
if [[ -v KOLLA_BOOTSTRAP ]]; then
    nova-manage api_db sync
    nova-manage db sync --local_cell
    nova-manage db online_data_migrations
    exit 0
fi

if [[ -v KOLLA_UPGRADE ]]; then
    nova-manage api_db sync
    nova-manage db sync --local_cell
    exit 0
fi

if [[ -v KOLLA_OSM ]]; then
    nova-manage db online_data_migrations
    exit 0
fi

if [[ -v KOLLA_UPGRADE_CHECK ]]; then
    # its exit code is the answer: 0 fine, 1 warnings, 2 do not upgrade
    code=0
    nova-status upgrade check || code=$?
    exit "${code}"
fi
