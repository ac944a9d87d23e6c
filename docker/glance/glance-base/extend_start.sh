#!/bin/bash
# Common to the images of glance: where logs go; then what the image itself has to prepare.
logs=/var/log/kolla/glance
if [[ ! -d ${logs} ]]; then
    mkdir -p "${logs}"
fi
if [[ ${EUID} -eq 0 ]]; then
    chown glance:kolla "${logs}"
fi
if [[ ${EUID} -eq 0 || -O ${logs} ]]; then
    chmod 0755 "${logs}"
fi

if [[ -f /usr/local/bin/kolla_glance_extend_start ]]; then
    # shellcheck disable=SC1090
    source /usr/local/bin/kolla_glance_extend_start
fi
