#!/bin/bash
# Takes away what routers left on this host, then runs the agent: the arguments are its command.
#
# What kept a router's address here ended with the container before this one, the address itself did not: without a
# sweep two hosts would have it, since another one has taken the router over meanwhile.
set -o errexit

neutron-netns-cleanup --config-file /etc/neutron/neutron.conf --config-file /etc/neutron/l3_agent.ini --force --agent-type l3
exec "$@"
