#!/bin/bash
# Puts log rotation on the schedule the operator wants.
schedule=${KOLLA_LOGROTATE_SCHEDULE:-daily}
if [[ ! -d /etc/cron.${schedule} ]]; then
    echo "KOLLA_LOGROTATE_SCHEDULE is '${schedule}'; it must be hourly, daily, weekly or monthly" >&2
    exit 1
fi
for other in hourly daily weekly monthly; do
    if [[ ${other} != "${schedule}" && -f /etc/cron.${other}/logrotate ]]; then
        mv "/etc/cron.${other}/logrotate" "/etc/cron.${schedule}/logrotate"
    fi
done
