#!/bin/bash
# Asks the switch itself for its version, and its database for the bridges.
set -o errexit -o nounset -o pipefail

switch=/run/openvswitch/ovs-vswitchd.$(cat /run/openvswitch/ovs-vswitchd.pid).ctl
version=$(ovs-appctl -t "$switch" version | awk 'NR == 1 { print $NF }')
bridges=$(ovs-vsctl --timeout=5 list-br)
echo "version $version, bridges: ${bridges//$'\n'/ }"
