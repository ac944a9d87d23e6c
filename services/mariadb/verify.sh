#!/bin/bash
# Restores the backup BACKUP_NAME into a directory of this container, with those that it builds on, starts a server of
# its own on that and has it check every table.
set -o errexit -o nounset -o pipefail
umask 0077

backups=/backup
work=$(mktemp -d)
server=
trap 'stop; rm -rf "$work"' EXIT

refuse() {
    echo "$*" >&2
    exit 1
}

stop() {
    [[ -n $server ]] || return 0
    kill "$server" 2>/dev/null || true
    wait "$server" || true
    server=
}

of_info() { sed -n "s/^$2=//p" "$backups/$1.info"; }

[[ $BACKUP_NAME != */* && -f $backups/$BACKUP_NAME.info ]] || refuse "There is no backup $BACKUP_NAME here. There are:" \
    "$(find "$backups" -name '*.info' -printf '%f ' | sed 's/\.info / /g')"

name=$BACKUP_NAME
chain=()
while [[ -n $name ]]; do
    [[ -f $backups/$name.info ]] || refuse "$BACKUP_NAME builds on $name, which is not here any more"
    chain=("$name" "${chain[@]}")
    ((${#chain[@]} < 1000)) || refuse "$BACKUP_NAME builds on itself: its .info is not what was written"
    name=$(of_info "$name" base)
done

newest() { printf '%s\n' "$@" | sort -V | tail -n 1; }
version=$(mariadbd --version | sed -E 's/.* Ver ([0-9.]+).*/\1/')
made_by=$(of_info "$BACKUP_NAME" version)
[[ $(newest "$version" "$made_by") == "$version" ]] ||
    refuse "$BACKUP_NAME is of MariaDB $made_by, and this one is $version: a server does not read what a newer one wrote"

for name in "${chain[@]}"; do
    bytes=$(stat -c %s "$backups/$name" 2>/dev/null) || refuse "$name has gone, only its .info is here"
    [[ $(sha256sum "$backups/$name" | cut -d ' ' -f 1) == "$(of_info "$name" sha256)" ]] ||
        refuse "$name is not what was written: it has $bytes bytes of $(of_info "$name" bytes), or others than those"
    into=$work/full
    onto=()
    if [[ $name != "${chain[0]}" ]]; then
        into=$work/$name
        onto=("--incremental-dir=$into")
    fi
    mkdir "$into"
    gunzip -c "$backups/$name" | mbstream -x -C "$into"
    mariadb-backup --prepare --target-dir="$work/full" "${onto[@]}"
done

socket=$work/socket
mariadbd --no-defaults --datadir="$work/full" --socket="$socket" --pid-file="$work/pid" --skip-networking \
    --skip-grant-tables --wsrep-on=OFF &
server=$!
until mariadb-admin --no-defaults --socket="$socket" ping --silent; do
    kill -0 "$server" 2>/dev/null || refuse "No server starts on what $BACKUP_NAME restores to"
    sleep 0.5
done
checked=$(mariadb-check --no-defaults --socket="$socket" --all-databases --check)
bad=$(grep -v -E '[[:space:]]OK$' <<< "$checked" || true)
[[ -z $bad ]] || refuse "$BACKUP_NAME restores to tables that are not well: $bad"
stop
echo "$BACKUP_NAME is good: restored from ${#chain[@]} of the backups here, $(wc -l <<< "$checked") tables checked"
