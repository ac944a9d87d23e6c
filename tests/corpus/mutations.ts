import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** A slip of an operator's, or worse: which file of a set, what is done to it, and where in it. */
export interface Mutation {
  /** Parts of the whole, from 0 to 1: which file, and where in the file. */
  file: number;
  place: number;
  kind: string;
  /** What is put in, where the kind puts something in. */
  what: number;
}

/** Values that stand where another kind of value should. */
const VALUES: readonly string[] = [
  "",
  "null",
  "~",
  "[]",
  "{}",
  "[1, [2]]",
  "{a: {b: c}}",
  "-1",
  "0",
  "0x10",
  "1e999",
  "99999999999999999999",
  "yes",
  "maybe",
  "10.300.1.1",
  "10.0.0.256/33",
  "::1",
  "nope0",
  "http://[",
  "../..",
  "a b",
  "'unclosed",
  "*alias",
  "&anchor x",
  "!unknown tag",
  '"\\u0000\\u202e"',
  "é\u202e\u0007",
  "x".repeat(20_000),
  "{{ undefined_variable }}",
  "{{ 1 / 0 }}",
  "{{ unclosed",
  "{% for x in y %}",
  "{{ lookup('file', '/nowhere') }}",
  "{{ hostvars['nohost'].x }}",
  "{{ self }}",
  "{{ kolla_internal_vip_address }}",
  "{{ [1, 2] | nofilter }}",
  '"{{ range(3) | list }}"',
];

/** Lines that mean something else than what is around them. */
const LINES: readonly string[] = [
  "\tindented: by a tab",
  "   indented: wrongly",
  "- an item",
  "key: value: more",
  ": nothing",
  "%YAML 9.9",
  "---",
  "...",
  "<<: *none",
  "!!python/object/apply:os.system [true]",
  "[unclosed",
  "[group:children]",
  "[compute]",
  "nohost ansible_host=",
  "[compute:children]\ncompute",
  "[control:children]\nnetwork\n[network:children]\ncontrol",
  'ansible_user: "{{ nobody_knows }}"',
  "ansible_port: {a: 1}",
  "ansible_become: maybe",
  "[[double]]",
  "= value",
  "{{ unclosed",
  "{% endif %}",
  "enable_nova: no",
  "enable_heat: yes",
  "network_interface: nope0",
  "kolla_internal_vip_address: 10.300.1.1",
  "openstack_release: 1999.1",
  "openstack_service_workers: many",
  "node_config: relative/path",
  "\u0000\u0001\u0002",
];

type Change = (text: string, place: number, what: number) => string;

const at = (text: string, place: number): number => Math.floor(place * text.length);

/** The text with its lines changed around the one at `place`. */
function withLines(text: string, place: number, change: (lines: string[], index: number) => void): string {
  const lines = text.split("\n");
  change(lines, Math.min(lines.length - 1, Math.floor(place * lines.length)));
  return lines.join("\n");
}

const pick = <T>(from: readonly T[], what: number): T => from[what % from.length] as T;

/** What is done to a text. */
const CHANGES: Readonly<Record<string, Change>> = {
  "cut at a character": (text, place) => text.slice(0, at(text, place)),
  "a character lost": (text, place) => text.slice(0, at(text, place)) + text.slice(at(text, place) + 1),
  "a character doubled": (text, place) => text.slice(0, at(text, place) + 1) + text.slice(at(text, place)),
  "a line lost": (text, place) => withLines(text, place, (lines, index) => lines.splice(index, 1)),
  "a line doubled": (text, place) =>
    withLines(text, place, (lines, index) => lines.splice(index, 0, lines[index] ?? "")),
  "a line moved to the end": (text, place) =>
    withLines(text, place, (lines, index) => lines.push(...lines.splice(index, 1))),
  "a line put in": (text, place, what) =>
    withLines(text, place, (lines, index) => lines.splice(index, 0, pick(LINES, what))),
  "a value replaced": (text, place, what) =>
    withLines(text, place, (lines, index) => {
      lines[index] = (lines[index] ?? "").replace(
        /([:=]\s*)[^:=]*$/,
        (_, sign: string) => sign + pick(VALUES, what),
      );
    }),
  "another indentation": (text, place, what) =>
    withLines(text, place, (lines, index) => {
      lines[index] = `${" ".repeat((what % 5) + 1)}${lines[index] ?? ""}`;
    }),
  "line ends of another system": (text) => text.replaceAll("\n", "\r\n"),
  "a byte order mark": (text) => `\uFEFF${text}`,
  empty: () => "",
};

/** What is done to a file as a whole. */
const FATES: Readonly<Record<string, (path: string) => void>> = {
  "no such file": (path) => rmSync(path),
  "a directory in its place": (path) => {
    rmSync(path);
    mkdirSync(path);
  },
  "a link to nowhere": (path) => {
    rmSync(path);
    symlinkSync("/nowhere/at/all", path);
  },
  "a file beside it that says otherwise": (path) => {
    const directory = join(dirname(path), "globals.d");
    mkdirSync(directory, { recursive: true });
    writeFileSync(
      join(directory, "zz.yml"),
      'enable_neutron: no\nnetwork_interface: "{{ network_interface }}"\n',
    );
  },
  "bytes that are no text": (path) => writeFileSync(path, Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x28, 0x0a])),
};

/** All that can be done to a file. */
export const KINDS: readonly string[] = [...Object.keys(CHANGES), ...Object.keys(FATES)];

/** Does it, and says to which file, below the directory. */
export function mutate(directory: string, { file, place, kind, what }: Mutation): string {
  const files = operatorsFiles(directory);
  const path = files[Math.floor(file * files.length)] as string;
  const fate = FATES[kind];
  const change = CHANGES[kind];
  if (fate) fate(path);
  else if (change) writeFileSync(path, change(readFileSync(path, "utf8"), place, what));
  return relative(directory, path);
}

/** Inventory, configuration, secrets and the vault's password: what an operator writes. */
function operatorsFiles(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => /^(etc|inventory|vault-password)/.test(relative(directory, path)))
    .sort();
}
