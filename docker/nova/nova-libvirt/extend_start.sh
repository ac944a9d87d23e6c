#!/bin/bash
# Where libvirt logs, and where the volumes that are new have nothing yet.
install -d -m 0755 /var/log/kolla/libvirt
touch /var/log/kolla/libvirt/libvirtd.log
chmod 0644 /var/log/kolla/libvirt/libvirtd.log
mkdir -p /var/log/libvirt/qemu
if [[ ! -d /var/lib/nova/instances ]]; then
    install -d -m 0755 -o nova -g nova /var/lib/nova/instances
fi
rm -f /run/libvirtd.pid /run/libvirt/libvirtd.pid
