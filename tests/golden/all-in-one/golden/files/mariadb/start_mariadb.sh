#!/bin/bash
# Starts the server: alone, as a member of a cluster that runs, or as the one that starts the cluster anew.
#
# Members that find no running cluster tell each other, on the port of replication, how new their data are; once all
# have been heard, the one with the newest starts the cluster and the others join it. No member ever joins a cluster
# that is not the one its data come from, because joining would overwrite them.
#
# The environment says who the members are and what they may do:
#   GALERA_ADDRESS     this member's own
#   GALERA_PEERS       the other members' addresses, with blanks between them
#   GALERA_PLACE       the place of this member among all, from 0; the first one starts a cluster that never was
#   GALERA_PORT        of replication
#   GALERA_RECOVERS    "yes": without an operator once all members have been heard
#   MARIADB_PORT       where the servers answer
set -o nounset -o pipefail

read -r -a peers <<< "$GALERA_PEERS"
data=/var/lib/mysql
state_file=$data/grastate.dat
nobody=00000000-0000-0000-0000-000000000000
answer=/tmp/kolla_galera_state

say() { echo "kolla: $*" >&2; }

# The server writes to the container's log and to the file that operators look into. Told where its data end, it
# stays in the cluster they are of and asks the others for no more than it missed.
serve() {
    local position=()
    if [[ $uuid != "$nobody" ]] && ((seqno >= 0)); then
        position=("--wsrep_start_position=$uuid:$seqno")
    fi
    exec mariadbd "${position[@]}" "$@" 2> >(trap '' TERM; exec tee -a /var/log/kolla/mariadb/mariadb.log >&2)
}

allow_bootstrap() {
    [[ -f $state_file ]] && sed -i 's/^safe_to_bootstrap:.*/safe_to_bootstrap: 1/' "$state_file"
    return 0
}

new_cluster() {
    say "starting the cluster from the data of this member ($uuid:$seqno)"
    allow_bootstrap
    serve --wsrep-new-cluster
}

of_state() { sed -n "s/^$1: *//p" "$state_file" 2>/dev/null | tr -d '[:space:]'; }

# Sets uuid and seqno: how new the data here are. After a crash only the server itself can tell.
read_position() {
    uuid=$(of_state uuid)
    seqno=$(of_state seqno)
    uuid=${uuid:-$nobody}
    seqno=${seqno:--1}
    [[ $uuid == "$nobody" || $seqno != -1 ]] && return
    local log found
    log=$(mktemp)
    mariadbd --wsrep-recover --skip-networking --log-error="$log" >/dev/null 2>&1
    found=$(sed -n 's/.*Recovered position: *//p' "$log" | tail -n 1)
    rm -f "$log"
    if [[ $found =~ ^([0-9a-f-]{36}):(-?[0-9]+) ]]; then
        uuid=${BASH_REMATCH[1]}
        seqno=${BASH_REMATCH[2]}
    fi
}

# "STATUS UUID" of the cluster that a peer's server belongs to; nothing when it does not serve.
cluster_of() {
    mariadb --defaults-extra-file=/etc/mysql/healthcheck.cnf --protocol=tcp --host="$1" --port="$MARIADB_PORT" \
        --connect-timeout=3 --batch --skip-column-names --execute "
        SELECT GROUP_CONCAT(VARIABLE_VALUE ORDER BY VARIABLE_NAME DESC SEPARATOR ' ')
        FROM information_schema.GLOBAL_STATUS
        WHERE VARIABLE_NAME IN ('WSREP_CLUSTER_STATUS', 'WSREP_CLUSTER_STATE_UUID')" 2>/dev/null
}

# Joins a running cluster when a peer is in one. Returns when there is none.
join_running() {
    local peer status cluster
    for peer in "${peers[@]}"; do
        read -r status cluster <<< "$(cluster_of "$peer")"
        [[ ${status:-} == Primary ]] || continue
        if [[ $uuid != "$nobody" && $uuid != "$cluster" ]]; then
            say "the data here are of cluster $uuid, but $peer serves cluster $cluster: joining would destroy them."
            say "If they are not wanted, empty the volume of this member; until then it stays out."
            exit 1
        fi
        say "joining the cluster that $peer is in"
        stop_answering
        serve
    done
    return 1
}

start_answering() {
    echo "kolla-galera $GALERA_PLACE $uuid $seqno" > "$answer"
    socat -T 5 "TCP-LISTEN:$GALERA_PORT,bind=$GALERA_ADDRESS,fork,reuseaddr" "OPEN:$answer,rdonly" 2>/dev/null &
    answering=$!
}

stop_answering() {
    [[ -n ${answering:-} ]] || return 0
    kill "$answering" 2>/dev/null
    wait "$answering" 2>/dev/null
    answering=
}

# What a waiting peer says of itself: "PLACE UUID SEQNO".
ask() {
    timeout 3 socat -u "TCP:$1:$GALERA_PORT,connect-timeout=2" - 2>/dev/null |
        head -c 200 | tr -d '\0' | sed -n 's/^kolla-galera //p'
}

# Succeeds when every peer waits and this member is the one that must start the cluster.
elected() {
    local peer line their_place their_uuid their_seqno best=yes unheard=()
    for peer in "${peers[@]}"; do
        line=$(ask "$peer")
        if [[ ! $line =~ ^[0-9]+\ [0-9a-f-]{36}\ -?[0-9]+$ ]]; then
            unheard+=("$peer")
            continue
        fi
        read -r their_place their_uuid their_seqno <<< "$line"
        if [[ $uuid != "$nobody" && $their_uuid != "$nobody" && $uuid != "$their_uuid" ]]; then
            say "$peer holds data of another cluster ($their_uuid, here $uuid): an operator must choose one"
            best=no
        elif [[ $their_uuid != "$nobody" && $uuid == "$nobody" ]]; then
            best=no
        elif ((their_seqno > seqno)) || { ((their_seqno == seqno)) && ((their_place < GALERA_PLACE)); }; then
            [[ $their_uuid == "$nobody" && $uuid != "$nobody" ]] || best=no
        fi
    done
    if ((${#unheard[@]} > 0)); then
        say "waiting for ${unheard[*]} to tell how new their data are (or for a running cluster)"
        return 1
    fi
    [[ $best == yes ]]
}

any_peer_has_data() {
    local peer line
    for peer in "${peers[@]}"; do
        line=$(ask "$peer")
        [[ -n $line && $line != *" $nobody "* ]] && return 0
    done
    return 1
}

answering=
trap 'stop_answering; exit 143' TERM INT

read_position
if ((${#peers[@]} == 0)); then
    new_cluster
fi

join_running
if [[ $(of_state safe_to_bootstrap) == 1 ]]; then
    new_cluster
fi
# A cluster that never was: its first member holds the tables that the bootstrap made, the others are empty.
if ((GALERA_PLACE == 0)) && [[ $uuid == "$nobody" && -d $data/mysql ]] && ! any_peer_has_data; then
    new_cluster
fi

start_answering
while true; do
    join_running
    if [[ $GALERA_RECOVERS == yes && $uuid != "$nobody" ]] && elected; then
        stop_answering
        new_cluster
    fi
    sleep 3 &
    wait $!
done
