#!/bin/bash
# Common to the images of neutron: where logs go; then what the image itself has to prepare.
kolla_log_directory neutron

# The packet filter of the host decides which of the two sets of tables it understands.
choose_tables() {
    local tables=$1
    local -a choice=(--auto "${tables}") raise=()
    if [[ ${KOLLA_LEGACY_IPTABLES:-false} == true ]]; then
        choice=(--set "${tables}" "/usr/sbin/${tables}-legacy")
    fi
    if [[ ${EUID} -ne 0 ]]; then
        raise=(sudo)
    fi
    "${raise[@]}" /usr/bin/update-alternatives "${choice[@]}"
}
for tables in iptables ip6tables; do
    now=$(readlink "/etc/alternatives/${tables}")
    if [[ ${now} == *-legacy && ${KOLLA_LEGACY_IPTABLES:-false} != true ]] ||
        [[ ${now} != *-legacy && ${KOLLA_LEGACY_IPTABLES:-false} == true ]]; then
        choose_tables "${tables}"
    fi
done

if [[ -f /usr/local/bin/kolla_neutron_extend_start ]]; then
    # shellcheck disable=SC1090
    source /usr/local/bin/kolla_neutron_extend_start
fi
