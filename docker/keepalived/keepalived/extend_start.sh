#!/bin/bash
# A container that was killed leaves these, and the new one would think it runs already.
rm -f /run/keepalived/*.pid /run/keepalived.pid /run/vrrp.pid /run/checkers.pid
