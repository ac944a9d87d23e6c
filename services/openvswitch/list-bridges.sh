#!/bin/bash
# Asks the switch that serves for its version, and its database for the bridges.
set -o errexit -o nounset -o pipefail

version=$(ovs-appctl --timeout=5 version | awk 'NR == 1 { print $NF }')
bridges=$(ovs-vsctl --timeout=5 list-br)
echo "version $version, bridges: ${bridges//$'\n'/ }"
