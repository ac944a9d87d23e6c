#!/bin/bash
# Healthy: keys are there, and cron runs. In the first two hours after a start old keys are not held against it.
# Usage: fernet-healthcheck.sh SECONDS-BETWEEN-ROTATIONS
set -o errexit -o nounset -o pipefail

interval=$1
keys=/etc/keystone/fernet-keys

[[ -e "$keys/0" ]] || { echo "There are no keys" >&2; exit 1; }
pgrep -x cron >/dev/null || { echo "cron does not run" >&2; exit 1; }
if (( $(ps -o etimes= -p 1) < 7200 )); then
    exit 0
fi
if (( $(date +%s) - $(stat -c %Y "$keys/0") > interval + 7200 )); then
    echo "The keys were not rotated in time" >&2
    exit 1
fi
