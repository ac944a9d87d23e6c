#!/bin/bash
# The acts on the database that the deployment asks for.
if [[ -v KOLLA_BOOTSTRAP ]]; then
    placement-manage db sync
    placement-manage db online_data_migrations
    exit 0
fi

if [[ -v KOLLA_UPGRADE ]]; then
    placement-manage db sync
    exit 0
fi

if [[ -v KOLLA_UPGRADE_CHECK ]]; then
    kolla_upgrade_check placement-status upgrade check
    exit $?
fi

if [[ -v KOLLA_OSM ]]; then
    placement-manage db online_data_migrations
    exit 0
fi
