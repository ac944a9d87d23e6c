#!/bin/bash
# Brings the three schemata up to date and maps the cells. Each line may be repeated; an existing cell is kept and told
# the addresses of today.
# Usage: bootstrap SCHEMA-OF-CELL0 NAME-OF-CELL
set -o errexit -o nounset -o pipefail

cell0_schema=$1
cell_name=$2
cell0=00000000-0000-0000-0000-000000000000
# Nova fills it from the [database] section that is in force, so no password is written into the table of cells or into
# arguments. The cell's own address is read from nova.conf.
address="{scheme}://{username}:{password}@{hostname}:{port}/$cell0_schema?{query}"

# The cell of that name; else the only one beside cell0, whatever it is called.
find_cell() {
    nova-manage cell_v2 list_cells | awk -F'|' -v wanted="$cell_name" -v cell0="$cell0" '
        { gsub(/ /, "", $2); gsub(/ /, "", $3) }
        length($3) != 36 || $3 == cell0 { next }
        $2 == wanted { named = $3 }
        { some = $3; count++ }
        END { print named ? named : count == 1 ? some : "" }'
}

nova-manage api_db sync
nova-manage cell_v2 map_cell0 --database_connection "$address"
nova-manage cell_v2 update_cell --cell_uuid "$cell0" --database_connection "$address" --transport-url none:///
nova-manage db sync
cell=$(find_cell)
if [[ -n $cell ]]; then
    nova-manage cell_v2 update_cell --cell_uuid "$cell"
else
    nova-manage cell_v2 create_cell --name "$cell_name"
fi
nova-manage db online_data_migrations
