// Writes what a release of Kolla-Ansible defines, as data for releases/<release>/, to standard output:
//   node tools/kolla-ansible-variables.mjs UNPACKED [EARLIER…] > releases/2025.1/kolla-ansible.json
//   node tools/kolla-ansible-variables.mjs UNPACKED > releases/2025.1/openstack-kolla.json
// UNPACKED is a folder that holds the unpacked wheel kolla-ansible from PyPI, or a checkout of the collection
// openstack.kolla, which bootstraps hosts. EARLIER are unpacked wheels of the releases before, of which only the names
// that went since are kept. Defaults are kept as they stand, Jinja2 and all.
import { readdirSync, readFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { parse } from "yaml";

/** All files below a folder, by path, sorted. */
function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** As Ansible reads YAML: of two equal keys the last one counts, and `yes` is true. */
function readYaml(path) {
  return parse(readFileSync(path, "utf8"), { version: "1.1", merge: true, uniqueKeys: false }) ?? {};
}

const sorted = (record) =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));

/** Role → what its defaults and its own constants are. */
function rolesOf(files, root) {
  const roles = {};
  for (const kind of ["defaults", "vars"]) {
    for (const path of files) {
      const [, role] = new RegExp(`^roles/([^/]+)/${kind}/[^/]+\\.yml$`).exec(relative(root, path)) ?? [];
      if (role) roles[role] = { ...roles[role], ...readYaml(path) };
    }
  }
  return sorted(Object.fromEntries(Object.entries(roles).map(([role, values]) => [role, sorted(values)])));
}

/** Each of these names → the roles whose files have it. */
function readersOf(names, files, root) {
  const readers = {};
  for (const path of files) {
    const [, role] = /^roles\/([^/]+)\//.exec(relative(root, path)) ?? [];
    if (!role) continue;
    for (const [word] of readFileSync(path, "utf8").matchAll(/[A-Za-z_]\w*/g)) {
      if (!names.has(word)) continue;
      readers[word] ??= new Set();
      readers[word].add(role);
    }
  }
  return sorted(
    Object.fromEntries(Object.entries(readers).map(([name, roles]) => [name, [...roles].sort()])),
  );
}

/** Group of the sample inventory → the groups that are its members. */
function groupsOf(path) {
  const groups = {};
  let members = [];
  for (const line of readFileSync(path, "utf8")
    .split("\n")
    .map((each) => each.trim())) {
    const [, group, kind] = /^\[([^:\]]+)(:\w+)?\]$/.exec(line) ?? [];
    if (group) {
      members = [];
      if (kind !== ":vars") groups[group] = members;
    } else if (line && !line.startsWith("#")) members.push(line);
  }
  const names = new Set(Object.keys(groups));
  return sorted(
    Object.fromEntries(
      Object.entries(groups).map(([group, lines]) => [group, lines.filter((line) => names.has(line))]),
    ),
  );
}

/** Names of a sample file of the operator's, commented out or not. */
function sampleNames(path) {
  const found = readFileSync(path, "utf8").matchAll(/^#?([a-z_]\w*):/gm);
  return [...new Set([...found].map(([, name]) => name))].sort();
}

/** Folder of the package's playbooks, below wherever it was unpacked. */
function playbooksOf(unpacked) {
  const site = filesBelow(unpacked).find((path) => path.endsWith("/ansible/group_vars/all.yml"));
  return site && join(site, "../..");
}

function versionOf(unpacked) {
  const metadata = filesBelow(unpacked).find((path) => /\.dist-info\/METADATA$/.test(path));
  return /^Version: (.+)$/m.exec(readFileSync(metadata, "utf8"))[1];
}

function namesOf(unpacked) {
  const root = playbooksOf(unpacked);
  const files = filesBelow(root);
  const roles = Object.values(rolesOf(files, root));
  return new Set([
    ...Object.keys(readYaml(join(root, "group_vars/all.yml"))),
    ...roles.flatMap((role) => Object.keys(role)),
  ]);
}

/** Name that an earlier release had and this one lacks → the last major version that had it. */
function goneSince(earlier, present) {
  const gone = {};
  const byVersion = earlier.map((unpacked) => ({
    major: Number.parseInt(versionOf(unpacked), 10),
    unpacked,
  }));
  for (const { major, unpacked } of byVersion.sort((a, b) => a.major - b.major))
    for (const name of namesOf(unpacked)) if (!present.has(name)) gone[name] = major;
  return sorted(gone);
}

function packageData(unpacked, root, earlier) {
  const files = filesBelow(root);
  const site = sorted(readYaml(join(root, "group_vars/all.yml")));
  const samples = join(root, "../etc_examples/kolla");
  const globals = sampleNames(join(samples, "globals.yml"));
  return {
    source: `kolla-ansible ${versionOf(unpacked)}`,
    site,
    roles: rolesOf(files, root),
    readers: readersOf(new Set([...Object.keys(site), ...globals]), files, root),
    groups: groupsOf(join(root, "inventory/multinode")),
    globals,
    passwords: sampleNames(join(samples, "passwords.yml")),
    before: earlier.map(versionOf).sort(),
    gone: goneSince(earlier, namesOf(unpacked)),
  };
}

const [unpacked, ...earlier] = process.argv.slice(2);
const root = playbooksOf(unpacked);
const found = root
  ? packageData(unpacked, root, earlier)
  : { source: `openstack.kolla, ${basename(unpacked)}`, roles: rolesOf(filesBelow(unpacked), unpacked) };
process.stdout.write(`${JSON.stringify(found, null, 1)}\n`);
