import type { AnyService, Project } from "#model";

/** Groups that an operator fills; every other group is made of these. */
const BASE_GROUPS = ["control", "network", "compute", "monitoring", "storage"] as const;

const SAMPLE_HOSTS: Readonly<Record<string, readonly string[]>> = {
  control: ["control01", "control02", "control03"],
  network: ["network01", "network02"],
  compute: ["compute01"],
  monitoring: ["monitoring01"],
  storage: ["storage01"],
};

/** An Ansible inventory with the base groups and all groups that services bring. */
export function inventoryFile(services: readonly AnyService[], kind: "all-in-one" | "multinode"): string {
  const lines = [
    "# Written by `npm run generate` from the services' groups; copy it before you edit it.",
    kind === "all-in-one"
      ? "# Everything on this machine."
      : "# Fill the first groups with your hosts; the others follow from them.",
  ];
  for (const group of BASE_GROUPS) {
    const hosts =
      kind === "all-in-one" ? ["localhost       ansible_connection=local"] : (SAMPLE_HOSTS[group] ?? []);
    lines.push("", `[${group}]`, ...hosts);
  }
  lines.push("", "[deployment]", "localhost       ansible_connection=local");
  lines.push("", "[baremetal:children]", ...BASE_GROUPS);
  for (const [group, members] of groupsOf(services)) lines.push("", `[${group}:children]`, ...members);
  return `${lines.join("\n")}\n`;
}

/**
 * Group → members over all services, in order of service; a group that two services name has the members of both.
 * Ansible refuses a member that is no group: one of a service that is not here yet is left out.
 */
function groupsOf(services: readonly AnyService[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const service of services) {
    for (const [group, members] of Object.entries(service.groups)) {
      groups.set(group, [...new Set([...(groups.get(group) ?? []), ...members])]);
    }
  }
  for (const base of BASE_GROUPS) groups.delete(base);
  groups.delete("baremetal");
  const known = new Set<string>([...BASE_GROUPS, "deployment", "baremetal", ...groups.keys()]);
  return new Map(
    [...groups].map(([group, members]) => [group, members.filter((member) => known.has(member))]),
  );
}

/** The page that lists what is built. */
export function imagesReference(
  projects: readonly Project[],
  imagesOf: (project: string) => readonly string[],
): string {
  const rows = projects.map((project) => {
    const user = project.user ? `${project.user.name} (${project.user.id})` : "";
    return `| ${project.name} | ${project.summary} | ${project.profile} | ${user} | ${imagesOf(project.name).join(", ")} |`;
  });
  return [
    "<!-- Written by `npm run generate` from docker/*/project.ts; do not edit. -->",
    "# Images",
    "",
    "| project | what it is | profile | account | images |",
    "|---|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}
