#!/bin/sh
# Makes the file tree of a Debian or Ubuntu base image from the package archive,
# for places where no registry answers, and keeps it small.
#
#   bootstrap.sh SUITE TARGET-DIRECTORY MIRROR [ARCHITECTURE]
#
# Needs root and debootstrap. The tree is what `docker import` wants:
#   tar --numeric-owner --sort=name -C TARGET -c . | docker import - NAME
# The mirror's address does not stay in the tree.
set -eu

if [ $# -lt 3 ]; then
    echo "usage: $0 SUITE TARGET-DIRECTORY MIRROR [ARCHITECTURE]" >&2
    exit 2
fi
suite=$1 target=$2 mirror=$3 arch=${4:-$(dpkg --print-architecture)}

debootstrap --variant=minbase --arch="$arch" "$suite" "$target" "$mirror"

# What a container never reads. Licences (copyright files) stay.
find "$target/usr/share/doc" ! -type d ! -name copyright -delete
find "$target/usr/share/doc" -depth -type d -empty -delete
find "$target/usr/share/locale" -mindepth 1 -maxdepth 1 ! -name 'locale.alias' -exec rm -rf {} +
rm -rf "$target"/usr/share/man/* "$target"/usr/share/info/* "$target"/usr/share/lintian/* \
    "$target"/usr/share/linda/* "$target"/usr/share/groff/* "$target"/usr/share/bug/* \
    "$target"/var/cache/apt/* "$target"/var/lib/apt/lists/* "$target"/var/cache/debconf/*-old \
    "$target"/var/cache/ldconfig/* "$target"/var/log/* "$target"/var/lib/dpkg/*-old \
    "$target"/etc/apt/sources.list "$target"/debootstrap

# What belongs to the machine the tree was made on.
rm -f "$target/etc/resolv.conf" "$target/etc/hostname" "$target/etc/machine-id"
: > "$target/etc/machine-id"
