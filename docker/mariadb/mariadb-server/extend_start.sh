#!/bin/bash
# Sourced as user mysql. KOLLA_BOOTSTRAP makes an empty database, KOLLA_UPGRADE brings the
# tables of a running one up to the server's version; both end the container.

kolla_log_directory mariadb mysql

# A text as an SQL string.
sql_string() {
    local text=${1//\\/\\\\}
    printf "'%s'" "${text//\'/\'\'}"
}

make_database() {
    if [[ ! -d /var/lib/mysql/mysql ]]; then
        mariadb-install-db --user=mysql --datadir=/var/lib/mysql --skip-test-db \
            --auth-root-authentication-method=normal --wsrep-on=OFF --wsrep-provider=none >/dev/null
    fi
    local password
    password=$(sql_string "${DB_ROOT_PASSWORD}")
    # The server reads statements from its input and opens no port: there is nothing to wait for.
    timeout "${DB_MAX_TIMEOUT:-60}" mariadbd --bootstrap --datadir=/var/lib/mysql \
        --wsrep-on=OFF --wsrep-provider=none <<SQL
FLUSH PRIVILEGES;
DELETE FROM mysql.global_priv WHERE User = '' OR (User = 'root' AND Host NOT IN ('localhost', '%'));
FLUSH PRIVILEGES;
CREATE USER IF NOT EXISTS root@localhost;
CREATE USER IF NOT EXISTS root@'%';
ALTER USER root@localhost IDENTIFIED BY ${password};
ALTER USER root@'%' IDENTIFIED BY ${password};
GRANT ALL PRIVILEGES ON *.* TO root@localhost WITH GRANT OPTION;
GRANT ALL PRIVILEGES ON *.* TO root@'%' WITH GRANT OPTION;
SQL
}

# The password goes through the environment: arguments are seen by the whole host, and the
# program does not pass on quotes of a password that it read from a file.
upgrade_database() {
    MYSQL_PWD=${DB_ROOT_PASSWORD} mariadb-upgrade --user=root --host="${DB_HOST}" --port="${DB_PORT}"
}

if [[ -v KOLLA_BOOTSTRAP ]]; then
    make_database
    exit 0
fi
if [[ -v KOLLA_UPGRADE ]]; then
    upgrade_database
    exit 0
fi
if [[ -v BOOTSTRAP_ARGS ]]; then
    # kolla_start, which sources this file, passes them to the server.
    # shellcheck disable=SC2034
    ARGS="${BOOTSTRAP_ARGS}"
fi
