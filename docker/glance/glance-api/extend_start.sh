#!/bin/bash
# The acts on the database that the deployment asks for.
if [[ -v KOLLA_BOOTSTRAP ]]; then
    glance-manage db_sync
    glance-manage db_load_metadefs
    exit 0
fi

if [[ -v KOLLA_UPGRADE ]]; then
    if [[ -v GLANCE_DB_EXPAND ]]; then
        glance-manage db_expand
    fi
    if [[ -v GLANCE_DB_MIGRATE ]]; then
        glance-manage db_migrate
    fi
    if [[ -v GLANCE_DB_CONTRACT ]]; then
        glance-manage db_contract
    fi
    exit 0
fi

if [[ -v KOLLA_UPGRADE_CHECK ]]; then
    kolla_upgrade_check glance-status upgrade check
    exit $?
fi
