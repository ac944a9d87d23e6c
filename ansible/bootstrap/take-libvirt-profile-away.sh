#!/bin/sh
# Takes the host's AppArmor profile of libvirtd away, for good; prints KOLLA-CHANGED when it did.
profile=/etc/apparmor.d/usr.sbin.libvirtd
disabled=/etc/apparmor.d/disable/usr.sbin.libvirtd

if [ ! -e "$profile" ] || [ -e "$disabled" ]; then exit 0; fi
mkdir -p /etc/apparmor.d/disable && ln -s "$profile" "$disabled" && echo KOLLA-CHANGED
# Without AppArmor in the kernel there is nothing to unload.
if grep -qs '^libvirtd ' /sys/kernel/security/apparmor/profiles; then apparmor_parser -R "$profile"; fi
