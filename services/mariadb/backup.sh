#!/bin/bash
# Writes a backup of all databases into /backup: a full one, or what changed since the last backup there.
#
# NAME.info beside a backup says what it is, what it builds on and its checksum. It is written last: what lacks it is no
# backup. The environment says what to do:
#   BACKUP_TYPE                       full or incremental
#   BACKUP_ADDRESS, BACKUP_PORT       of the member on this host, whose files are read
#   BACKUP_USER, BACKUP_PASSWORD      who asks it
#   BACKUP_KEPT, BACKUP_DAYS          full backups that are kept, each with those that build on it, and their age; 0: all
set -o errexit -o nounset -o pipefail
umask 0077

backups=/backup
data=/var/lib/mysql
now=$(date +%s)
name=mysqlbackup-$(date -d "@$now" +%d-%m-%Y)-$now.qp.mbc.mbs.gz
[[ $BACKUP_TYPE == full ]] || name=incremental-$(date -d "@$now" +%H)-$name
work=$(mktemp -d)
trap 'rm -rf "$work" "$backups"/*.part' EXIT
# Of a run that was killed.
rm -f "$backups"/*.part

of_info() { sed -n "s/^$2=//p" "$backups/$1.info"; }

# Names of all backups, the newest first: the last number in a name is the second when it was begun.
made() {
    find "$backups" -name '*.info' -printf '%f\n' | sed -E 's/\.info$//; s/.*-([0-9]+)\.qp\.mbc\.mbs\.gz$/\1 &/' |
        sort -rn | cut -d ' ' -f 2
}

# Other files than those that the last backup was made of (after a full state transfer, or a restore) count on their own.
lineage=$(stat -c '%i.%W' "$data/ibdata1")
base=
since=()
if [[ $BACKUP_TYPE == incremental ]]; then
    read -r base < <(made) || true
    if [[ -z $base || $(of_info "$base" lineage) != "$lineage" ]]; then
        echo "There is no backup of these data to build on: make a full one first, with kolla mariadb-backup" >&2
        exit 1
    fi
    since=("--incremental-lsn=$(of_info "$base" to_lsn)")
fi

quoted() { sed -E 's/["\\]/\\&/g' <<< "$1"; }
printf '[mariadb-backup]\nuser="%s"\npassword="%s"\n' \
    "$(quoted "$BACKUP_USER")" "$(quoted "$BACKUP_PASSWORD")" > "$work/my.cnf"
mariadb-backup --defaults-file="$work/my.cnf" --backup --stream=mbstream --host="$BACKUP_ADDRESS" \
    --port="$BACKUP_PORT" --datadir="$data" --target-dir="$work/target" --extra-lsndir="$work/lsn" "${since[@]}" |
    gzip > "$backups/$name.part"

of_lsn() { sed -n "s/^$1 = //p" "$work/lsn/mariadb_backup_checkpoints"; }
from=$(of_lsn from_lsn)
to=$(of_lsn to_lsn)
sum=$(sha256sum "$backups/$name.part")
bytes=$(stat -c %s "$backups/$name.part")
full=$name
[[ -z $base ]] || full=$(of_info "$base" full)
cat > "$backups/$name.info.part" <<EOF
type=$BACKUP_TYPE
full=$full
base=$base
lineage=$lineage
from_lsn=$from
to_lsn=$to
version=$(mariadbd --version | sed -E 's/.* Ver ([0-9.]+).*/\1/')
bytes=$bytes
sha256=${sum%% *}
EOF
mv "$backups/$name.part" "$backups/$name"
mv "$backups/$name.info.part" "$backups/$name.info"

# What is not kept goes as a whole: a full backup with all that build on it. The newest never does.
kept=0
while read -r full; do
    kept=$((kept + 1))
    ((kept > 1)) || continue
    age=$(((now - $(stat -c %Y "$backups/$full")) / 86400))
    if ! { ((BACKUP_KEPT > 0 && kept > BACKUP_KEPT)) || ((BACKUP_DAYS > 0 && age >= BACKUP_DAYS)); }; then
        continue
    fi
    while read -r old; do
        [[ $(of_info "$old" full) != "$full" ]] || rm -f "$backups/$old.info" "$backups/$old"
    done < <(made)
done < <(made | grep -v '^incremental-')

echo "$name: $((bytes / 1024)) KiB in the volume mariadb_backup. To prove it: kolla mariadb-backup --verify $name"
