#!/bin/bash
# A backup of a replica: it reads that member's own connection settings.
set -o errexit -o nounset -o pipefail

export MARIADB_BACKUP_CONFIG=${MARIADB_BACKUP_CONFIG:-/etc/mysql/my.cnf}
exec kolla_mariadb_backup.sh
