#!/bin/bash
# The acts on its cell's database that the deployment asks for.
if [[ -v KOLLA_BOOTSTRAP ]]; then
    nova-manage db sync --local_cell
    nova-manage db online_data_migrations
    exit 0
fi

if [[ -v KOLLA_UPGRADE ]]; then
    nova-manage db sync --local_cell
    exit 0
fi

if [[ -v KOLLA_OSM ]]; then
    nova-manage db online_data_migrations
    exit 0
fi
