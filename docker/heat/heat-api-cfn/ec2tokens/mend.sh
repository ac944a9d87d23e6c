#!/bin/bash
# A signed URL is judged by Keystone, which since OSSA-2025-002 answers only accounts of services; Heat before 24.1.2
# asks without one, so that no signal comes in. Its account stands where the later releases look for it.
set -o errexit -o nounset -o pipefail

package=$(python3 -c 'import os, heat; print(os.path.dirname(heat.__file__))')
if grep -q 'ks_loading' "$package/api/aws/ec2token.py"; then
    echo "Heat has it already"
else
    patch --directory="$package" --strip=1 --fuzz=0 --batch --input=/ec2tokens/own-account.patch
    python3 -m compileall -q "$package/api/aws"
fi
