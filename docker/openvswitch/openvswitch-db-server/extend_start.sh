#!/bin/bash
# Makes the database, or brings an older one to the schema of this version.
database=/var/lib/openvswitch/conf.db
schema=/usr/share/openvswitch/vswitch.ovsschema

if [[ ! -e ${database} ]]; then
    ovsdb-tool create "${database}" "${schema}"
elif [[ $(ovsdb-tool needs-conversion "${database}" "${schema}") == yes ]]; then
    cp --preserve "${database}" "${database}.backup$(ovsdb-tool db-version "${database}")"
    ovsdb-tool compact "${database}"
    ovsdb-tool convert "${database}" "${schema}"
fi
