#!/bin/bash
# Common to the images of placement: where logs go; then what the image itself has to prepare.
kolla_log_directory placement

if [[ -f /usr/local/bin/kolla_placement_extend_start ]]; then
    # shellcheck disable=SC1090
    source /usr/local/bin/kolla_placement_extend_start
fi
