#!/bin/bash
# Common to the images of heat: where logs go; then what the image itself has to prepare.
kolla_log_directory heat

if [[ -f /usr/local/bin/kolla_heat_extend_start ]]; then
    # shellcheck disable=SC1090
    source /usr/local/bin/kolla_heat_extend_start
fi
