#!/bin/bash
# Without the module only bridges with datapath_type=netdev work: not a reason to stop.
modprobe openvswitch 2>/dev/null || echo "The kernel module openvswitch is not to be had: only user-space datapaths work" >&2
