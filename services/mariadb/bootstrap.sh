#!/bin/bash
# Makes the database. Data that a server of a cluster has served are never touched again, whatever a journal says or
# lacks.
[[ -e /var/lib/mysql/grastate.dat ]] || exec kolla_start
