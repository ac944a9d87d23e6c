#!/bin/bash
# healthcheck.sh [--defaults-file FILE] TEST...: succeeds when every test does.
#   --connect        the server answers
#   --galera_online  this member is in step with its cluster
#   --galera_ready   this member accepts statements
set -o nounset

client=(mariadb)
tests=()
while [[ $# -gt 0 ]]; do
    case $1 in
        --defaults-file | --defaults-extra-file | --defaults-group-suffix)
            if [[ $# -lt 2 ]]; then
                echo "$1 needs a value" >&2
                exit 1
            fi
            client+=("$1=$2")
            shift
            ;;
        --defaults-file=* | --defaults-extra-file=* | --defaults-group-suffix=*) client+=("$1") ;;
        --connect | --galera_online | --galera_ready) tests+=("$1") ;;
        *)
            echo "unknown option $1" >&2
            exit 1
            ;;
    esac
    shift
done
if [[ ${#tests[@]} -eq 0 ]]; then
    echo "usage: healthcheck.sh [--defaults-file FILE] --connect|--galera_online|--galera_ready..." >&2
    exit 1
fi

ask() {
    "${client[@]}" --connect-timeout=10 --batch --skip-column-names --execute "$1"
}

status_of() {
    ask "SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = '$1'"
}

succeeds() {
    case $1 in
        --connect) [[ $(ask "SELECT 1") == 1 ]] ;;
        --galera_online) [[ $(status_of WSREP_LOCAL_STATE) == 4 ]] ;;
        --galera_ready) [[ $(status_of WSREP_READY) == ON ]] ;;
    esac
}

for one in "${tests[@]}"; do
    if ! succeeds "${one}"; then
        echo "healthcheck ${one} failed" >&2
        exit 1
    fi
done
