#!/bin/bash
# Makes HAProxy read its configuration again, if it is good: the master starts new workers, and the old ones end with
# their last connection (haproxy's management guide, 4). The arguments say where the configuration is.
set -o errexit

haproxy -c "$@"
kill -USR2 "$(cat /run/haproxy.pid)"
