#!/bin/bash
# The acts on the database that the deployment asks for.
if [[ -v KOLLA_BOOTSTRAP ]]; then
    heat-manage db_sync
    exit 0
fi
