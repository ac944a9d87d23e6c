#!/bin/bash
# Starts a console proxy on the port that its generation has: $1 the file that says, by being there, that this generation
# wants sessions; $2 the program; $3 its option for the port; $4, where given, the directory of the pages that it serves.
set -o errexit -o nounset -o pipefail

# A proxy serves the files of one directory: its pages, and the file above, for which it answers 200, or 404 without it.
web=$(mktemp -d)
if (($# > 3)); then
    ln -s "$4"/* "$web"
fi
ln -s "$1" "$web"
exec "$2" "$3" "$KOLLA_PORT" --web "$web"
