#!/bin/bash
# Makes a small test image from Debian packages: a kernel and an initramfs whose init gets a lease, reads the
# metadata service, says both on the serial console, and serves a page on port 80.
# Usage, inside a Debian container or machine with apt: make.sh OUTPUT_DIRECTORY
# Writes OUTPUT_DIRECTORY/vmlinuz and OUTPUT_DIRECTORY/initrd.img.
set -euo pipefail
out=$1
here=$(dirname "$(readlink -f "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

apt-get update -qq
# The meta package names the current kernel; cloud kernels have the virtio drivers and little else.
kernel=$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)$/\1/p' | head -1)
apt-get download -qq "$kernel" busybox-static cpio xz-utils
for package in *.deb; do dpkg-deb -x "$package" tree; done
modules=$(echo tree/usr/lib/modules/* tree/lib/modules/* | tr ' ' '\n' | grep -v '\*' | head -1)

mkdir -p root/bin root/sbin root/etc root/proc root/sys root/dev root/tmp root/run root/lib/modules root/root
cp "$(find tree -type f -path '*bin/busybox')" root/bin/busybox
for applet in sh mount insmod udhcpc ip ping cat sleep echo wget httpd hostname mkdir sed head tr uname setsid cttyhack poweroff reboot free ps; do
  ln -s busybox "root/bin/$applet"
done
# In the order in which they are loaded: each after those it uses.
order="failover net_failover virtio_net virtio_blk virtio-rng"
for module in $order; do
  file=$(find "$modules" -name "$module.ko*" -print -quit)
  [ -n "$file" ] || continue # built into this kernel
  case $file in
    *.xz) LD_LIBRARY_PATH=$(echo tree/usr/lib/*-linux-gnu) tree/usr/bin/xz -dc "$file" > "root/lib/modules/$module.ko" ;;
    *) cp "$file" "root/lib/modules/$module.ko" ;;
  esac
done
echo "$order" > root/lib/modules/order
cp "$here/init" root/init
cp "$here/lease" root/lease
chmod 0755 root/init root/lease

(cd root && find . | LC_ALL=C sort | "$work/tree/usr/bin/cpio" --quiet -o -H newc -R 0:0) | gzip -9n > "$out/initrd.img"
cp tree/boot/vmlinuz-* "$out/vmlinuz"
