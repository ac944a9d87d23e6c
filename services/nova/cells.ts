import type { ExecPart, JobPart } from "#model";
import { configured, databaseUrl, dueOn, transportUrl } from "#openstack";
import { type Context, schemata } from "./context.ts";

const CELL0 = "00000000-0000-0000-0000-000000000000";

/**
 * Brings the three schemata up to date and maps the cells. Each line may be repeated; an existing cell is kept and told
 * the addresses of today. The job is due again with a new image or when an address or password changes.
 */
export function schemaJobs(context: Context): readonly JobPart<"nova-conductor">[] {
  const { api, cell0, cell } = schemata(context.opt);
  const addresses = [api, cell0, cell].map((need) => databaseUrl(context, need));
  return [
    {
      name: "bootstrap",
      like: "nova-conductor",
      waitsFor: "database",
      command: configured(bootstrapScript(cell0.schema, context.opt.nova_cell_name)),
      key: dueOn(...addresses, transportUrl(context), context.opt.nova_cell_name),
      timeoutSeconds: 900,
    },
  ];
}

/**
 * cell0's address is a template that Nova fills from the [database] section that is in force, so no password is written into
 * the table of cells or into arguments. The cell's own address is read from nova.conf.
 */
export function bootstrapScript(cell0Schema: string, cellName: string): string {
  const template = `{scheme}://{username}:{password}@{hostname}:{port}/${cell0Schema}?{query}`;
  return [
    "nova-manage api_db sync",
    `nova-manage cell_v2 map_cell0 --database_connection '${template}'`,
    `nova-manage cell_v2 update_cell --cell_uuid ${CELL0} --database_connection '${template}' --transport-url none:///`,
    "nova-manage db sync",
    `cell=$(nova-manage cell_v2 list_cells | awk -F'|' -v wanted='${cellName}' '${findCell}')`,
    `if [ -n "$cell" ]; then nova-manage cell_v2 update_cell --cell_uuid "$cell"`,
    `else nova-manage cell_v2 create_cell --name '${cellName}'; fi`,
    "nova-manage db online_data_migrations",
  ].join("\n");
}

/** The cell of that name; else the only one beside cell0, whatever it is called. */
const findCell = `
  { gsub(/ /, "", $2); gsub(/ /, "", $3) }
  length($3) != 36 || $3 == "${CELL0}" { next }
  $2 == wanted { named = $3 }
  { some = $3; count++ }
  END { print named ? named : count == 1 ? some : "" }`;

/** Seconds that compute hosts have to register after their containers are healthy. */
const REGISTER_SECONDS = 180;

/** Puts compute hosts into the cell once they have registered: until then no server is placed on them. */
export function discovery({ site }: Context): ExecPart<"nova-conductor"> {
  const hosts = site.hosts("compute").map((host) => host.nodename);
  return {
    name: "discover-hosts",
    container: "nova-conductor",
    user: "nova",
    command: ["bash", "-c", discoveryScript, "discover-hosts", ...hosts],
    after: ["nova-compute"],
    timeoutSeconds: REGISTER_SECONDS + 60,
  };
}

const discoveryScript = `
set -o errexit -o nounset -o pipefail
while true; do
    nova-manage cell_v2 discover_hosts
    known=$(nova-manage cell_v2 list_hosts | awk -F'|' 'NF > 4 { gsub(/ /, "", $4); print $4 }')
    missing=()
    for host in "$@"; do
        grep -qxF -- "$host" <<<"$known" || missing+=("$host")
    done
    (( \${#missing[@]} )) || exit 0
    if (( SECONDS > ${REGISTER_SECONDS} )); then
        echo "These compute hosts did not register: \${missing[*]}" >&2
        exit 1
    fi
    sleep 2
done
`;
