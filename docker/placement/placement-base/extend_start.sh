#!/bin/bash
# Common to the images of placement: where logs go; then what the image itself has to prepare.
logs=/var/log/kolla/placement
if [[ ! -d ${logs} ]]; then
    mkdir -p "${logs}"
fi
if [[ ${EUID} -eq 0 ]]; then
    chown placement:kolla "${logs}"
fi
if [[ ${EUID} -eq 0 || -O ${logs} ]]; then
    chmod 0755 "${logs}"
fi

if [[ -f /usr/local/bin/kolla_placement_extend_start ]]; then
    # shellcheck disable=SC1090
    source /usr/local/bin/kolla_placement_extend_start
fi
