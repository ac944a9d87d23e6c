#!/bin/bash
# Has the member on this host do STATEMENTS, as the account that may do everything.
exec mariadb --defaults-extra-file=/etc/mysql/healthcheck.cnf <<< "$STATEMENTS"
