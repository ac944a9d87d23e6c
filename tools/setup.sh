# Sourced by the commands in this folder. Makes a checkout runnable: Node 20 or newer, npm packages, the bundles in dist/.
# Says what it does on standard error, and nothing when there is nothing to do.
# shellcheck shell=bash

KOLLA_NODE_MAJOR=20

kolla_say() { printf '%s\n' "$*" >&2; }

kolla_node_is_new_enough() {
  command -v "$1" >/dev/null 2>&1 || return 1
  local major
  major=$("$1" -p 'process.versions.node.split(".")[0]' 2>/dev/null) || return 1
  [ "$major" -ge "$KOLLA_NODE_MAJOR" ]
}

kolla_apt_install() {
  if [ "$(id -u)" -ne 0 ]; then
    kolla_say "Missing: $*. Install them, or run this command as root."
    return 2
  fi
  kolla_say "Installing $* …"
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# Sets KOLLA_NODE. Debian 13 packages Node 20; on Debian 12 (Node 18) npm's own package of Node is used, kept in the checkout.
kolla_find_node() {
  local root=$1 own="$1/.node/node_modules/node/bin/node"
  if kolla_node_is_new_enough node; then KOLLA_NODE=$(command -v node); return; fi
  if kolla_node_is_new_enough "$own"; then KOLLA_NODE=$own; return; fi
  command -v npm >/dev/null 2>&1 || kolla_apt_install nodejs npm ca-certificates
  if kolla_node_is_new_enough node; then KOLLA_NODE=$(command -v node); return; fi
  kolla_say "Installing Node $KOLLA_NODE_MAJOR beside the system's $(node --version) …"
  npm install --silent --no-save --prefix "$root/.node" "node@$KOLLA_NODE_MAJOR" >&2
  KOLLA_NODE=$own
}

kolla_setup() {
  local root=$1
  kolla_find_node "$root"
  PATH="$(dirname "$KOLLA_NODE"):$PATH"
  if [ ! -e "$root/node_modules/.package-lock.json" ] || [ "$root/package-lock.json" -nt "$root/node_modules/.package-lock.json" ]; then
    command -v npm >/dev/null 2>&1 || kolla_apt_install npm
    kolla_say "Installing npm packages …"
    # What the lock pins, and nothing else.
    (cd "$root" && npm ci --silent --no-audit --no-fund >&2) || return 1
  fi
  if [ ! -e "$root/dist/kolla.js" ] || [ -n "$(cd "$root" && find src dev services docker releases rolldown.config.ts shell-text.ts package.json \( -name '*.ts' -o -name '*.sh' -o -name package.json \) -newer dist/kolla.js -print -quit)" ]; then
    (cd "$root" && "$KOLLA_NODE" node_modules/rolldown/bin/cli.mjs -c rolldown.config.ts >/dev/null)
  fi
}
