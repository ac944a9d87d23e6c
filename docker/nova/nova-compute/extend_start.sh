#!/bin/bash
# A volume that is new holds no place for servers yet.
mkdir -p /var/lib/nova/instances
