#!/bin/bash
# Common to the images of nova: where logs go; then what the image itself has to prepare.
kolla_log_directory nova

if [[ -f /usr/local/bin/kolla_nova_extend_start ]]; then
    # shellcheck disable=SC1090
    source /usr/local/bin/kolla_nova_extend_start
fi
