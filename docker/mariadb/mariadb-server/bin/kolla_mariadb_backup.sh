#!/bin/bash
# Streams a backup into /backup. BACKUP_TYPE is full or incremental; an incremental one
# holds what changed since the last full backup, which the server's history table knows.
set -o errexit -o nounset -o pipefail

backups=/backup
config=${MARIADB_BACKUP_CONFIG:-/etc/mysql/my.cnf}
stamp=$(date +%d-%m-%Y-%s)
umask 0027

# A stream that breaks leaves no file that looks like a backup.
stream() {
    local target=$1
    shift
    mariadb-backup --defaults-file="${config}" --backup --stream=mbstream "$@" | gzip > "${backups}/${target}.part"
    mv "${backups}/${target}.part" "${backups}/${target}"
    echo "Backup written to ${backups}/${target}"
}

case ${BACKUP_TYPE:-full} in
    full)
        last=$(date +%d-%m-%Y)
        stream "mysqlbackup-${stamp}.qp.mbc.mbs.gz" --history="${last}"
        echo "${last}" > "${backups}/last_full_date"
        ;;
    incremental)
        if [[ ! -r ${backups}/last_full_date ]]; then
            echo "There is no full backup to build on: make one first" >&2
            exit 1
        fi
        last=$(<"${backups}/last_full_date")
        stream "incremental-$(date +%H)-mysqlbackup-${stamp}.qp.mbc.mbs.gz" \
            --incremental-history-name="${last}" --history="${last}"
        ;;
    *)
        echo "BACKUP_TYPE is '${BACKUP_TYPE}'; it must be full or incremental" >&2
        exit 1
        ;;
esac
