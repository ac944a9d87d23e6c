#!/bin/bash
# Makes a small test image from Debian packages: a kernel and an initramfs whose init gets a lease, reads the
# metadata service, says both on the serial console, lets the server's key in by SSH, and serves a page on port 80.
# Usage, inside a Debian container or machine with apt: make.sh OUTPUT_DIRECTORY
# Writes OUTPUT_DIRECTORY/vmlinuz and OUTPUT_DIRECTORY/initrd.img.
set -euo pipefail
out=$1
here=$(dirname "$(readlink -f "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# A package and all that it depends on.
with_dependencies() {
  apt-cache depends --recurse --important --no-conflicts --no-breaks --no-replaces "$1" | grep '^[a-z0-9]'
}

# The file behind a path of the unpacked packages, whether or not theirs have /lib as a link to /usr/lib.
unpacked() {
  local path
  for path in "tree$1" "tree/usr$1"; do [ ! -e "$path" ] || { readlink -f "$path"; return; }; done
  echo "No unpacked package has $1" >&2
  return 1
}

apt-get update -qq
# The meta package names the current kernel; cloud kernels have the virtio drivers and little else.
kernel=$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)$/\1/p' | head -1)
# The names are words, one package each.
# shellcheck disable=SC2046
apt-get download -qq "$kernel" busybox-static cpio xz-utils $(with_dependencies dropbear-bin)
for package in *.deb; do dpkg-deb -x "$package" tree; done
modules=$(echo tree/usr/lib/modules/* tree/lib/modules/* | tr ' ' '\n' | grep -v '\*' | head -1)

mkdir -p root/bin root/sbin root/proc root/sys root/dev root/tmp root/run root/mnt root/root root/lib/modules root/lib64
cp "$(find tree -type f -path '*bin/busybox')" root/bin/busybox
for applet in $(root/bin/busybox --list); do
  [ "$applet" = busybox ] || ln -s busybox "root/bin/$applet"
done
# In the order in which they are loaded: each after those it uses.
order="failover net_failover virtio_net virtio_blk virtio-rng"
# For a configuration drive, which is a CD.
order="$order scsi_common scsi_mod libata ata_piix cdrom sr_mod isofs"
for module in $order; do
  file=$(find "$modules" -name "$module.ko*" -print -quit)
  [ -n "$file" ] || continue # built into this kernel
  case $file in
    *.xz) LD_LIBRARY_PATH=$(echo tree/usr/lib/*-linux-gnu) tree/usr/bin/xz -dc "$file" > "root/lib/modules/$module.ko" ;;
    *) cp "$file" "root/lib/modules/$module.ko" ;;
  esac
done
tr ' ' '\n' <<< "$order" > root/lib/modules/order

# The SSH server, and the libraries that the loader of the same packages finds for it. The loader also looks where
# this machine has its own: one from there would be a library that the packages lack.
loader=/lib64/ld-linux-x86-64.so.2
cp "$(unpacked $loader)" "root$loader"
for program in dropbear dropbearkey; do
  file=$(find tree -type f -path "*bin/$program")
  cp "$file" "root/bin/$program"
  "$(unpacked $loader)" --inhibit-cache --library-path "$(find "$PWD/tree" -type d -name '*-linux-gnu' | paste -sd:)" \
    --list "$file" | sed -n 's/.* => \(.*\) (0x.*/\1/p'
done | sort -u > libraries
if grep -v "^$PWD/tree/" libraries >&2; then
  echo "These libraries of the SSH server are not in its packages' dependencies" >&2
  exit 1
fi
while read -r library; do cp -L "$library" root/lib/; done < libraries

# What takes a busybox applet's place is no link to it any more.
cp -r --remove-destination "$here/files/." root/
chmod 0755 root/init root/lease root/bin/*
chmod 0700 root/root

(cd root && find . | LC_ALL=C sort | "$work/tree/usr/bin/cpio" --quiet -o -H newc -R 0:0) | gzip -9n > "$out/initrd.img"
cp tree/boot/vmlinuz-* "$out/vmlinuz"
