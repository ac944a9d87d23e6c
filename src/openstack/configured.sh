#!/bin/bash
# Puts the configuration in place, as kolla_start does for a service, and then becomes the command of its arguments.
set -o errexit

if [[ $(id -u) == 0 ]]; then
    kolla_set_configs
else
    sudo -E kolla_set_configs
fi
exec "$@"
