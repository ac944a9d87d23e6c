#!/bin/sh
# Turns ufw and firewalld off where they are on; prints KOLLA-CHANGED when it did. Fails when one still stands.
ufw_is_on() { LC_ALL=C ufw status 2>/dev/null | grep -q '^Status: active'; }
firewalld_is_on() { systemctl is-active -q firewalld 2>/dev/null; }

if ufw_is_on; then
    ufw disable && echo KOLLA-CHANGED
fi
if firewalld_is_on; then
    systemctl disable --now firewalld && echo KOLLA-CHANGED
fi
! ufw_is_on && ! firewalld_is_on
