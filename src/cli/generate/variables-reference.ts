import type { AnyService } from "#model";
import { definedNames, Judge, optionTable, type Verdict } from "../../compile/index.ts";

type Kind = "honoured" | "refused" | "moot" | "internal" | "unjudged" | "other";

const WORDS: Readonly<Record<Kind, string>> = {
  honoured: "honoured",
  refused: "refused",
  moot: "no effect",
  internal: "Kolla-Ansible's own",
  unjudged: "not judged yet",
  other: "of a service that is not here",
};

export interface JudgedVariable {
  name: string;
  owner: string;
  kind: Kind;
  reason: string;
}

/** What becomes here of every variable that Kolla-Ansible defines in the release that is deployed, by name. */
export function judgedVariables(services: readonly AnyService[]): JudgedVariable[] {
  const judge = new Judge(optionTable(services));
  return [...definedNames()].sort().flatMap((name) => judged(name, judge.verdict(name)) ?? []);
}

function judged(name: string, verdict: Verdict | undefined): JudgedVariable | undefined {
  // Those are not defined in this release.
  if (!verdict || verdict.kind === "gone" || verdict.kind === "secret") return undefined;
  const reason = "reason" in verdict ? verdict.reason : "";
  return { name, owner: verdict.owner ?? "the site", kind: verdict.kind, reason };
}

/** The page that tells operators what becomes of the variables they know. */
export function variablesReference(services: readonly AnyService[], source: string): string {
  const all = judgedVariables(services);
  const here = all.filter(({ kind }) => kind !== "other");
  const owners = ["the site", ...services.map(({ name }) => name)];
  const page = [
    "# Variables of Kolla-Ansible",
    "",
    `What becomes here of each variable of ${source}. Kolla-Ansible's own default of any of them asks for nothing; another value is`,
    "",
    "- **honoured**: it means here what it means there;",
    "- **refused**: the cloud would lack what was asked for; the reason says what;",
    "- **no effect**: a warning, because a cloud of ours is the same without it; the reason says why;",
    "- **Kolla-Ansible's own**: it computes these from others and nobody sets them; a warning;",
    "- **not judged yet**: a switch that is turned on is refused, anything else is a warning.",
    "",
    `${here.length} concern the site or a service that is here: ${shares(here)}. Of those that an operator would set, ${share(here)} % are honoured. Another ${all.length - here.length} belong to services that are not here.`,
    "",
    ...summary(owners, here),
    ...owners.flatMap((owner) => section(owner, here)),
  ];
  return `<!-- Written by \`npm run generate\` from releases/ and the options' definitions; do not edit. -->\n${page.join("\n").trimEnd()}\n`;
}

function count(variables: readonly JudgedVariable[], kind: Kind): number {
  return variables.filter((each) => each.kind === kind).length;
}

const OURS = ["honoured", "refused", "moot", "internal", "unjudged"] as const;

function shares(variables: readonly JudgedVariable[]): string {
  return OURS.map((kind) => `${count(variables, kind)} ${WORDS[kind]}`).join(", ");
}

function share(variables: readonly JudgedVariable[]): number {
  const settable = variables.length - count(variables, "internal");
  return settable === 0 ? 0 : Math.round((100 * count(variables, "honoured")) / settable);
}

function summary(owners: readonly string[], variables: readonly JudgedVariable[]): string[] {
  const rows = owners.map((owner) => {
    const own = variables.filter((each) => each.owner === owner);
    return `| ${[owner, own.length, ...OURS.map((kind) => count(own, kind)), `${share(own)} %`].join(" | ")} |`;
  });
  const heads = ["service", "variables", ...OURS.map((kind) => WORDS[kind]), "share honoured"];
  return [`| ${heads.join(" | ")} |`, `|${heads.map(() => "---").join("|")}|`, ...rows];
}

function section(owner: string, variables: readonly JudgedVariable[]): string[] {
  const own = variables.filter((each) => each.owner === owner);
  if (own.length === 0) return [];
  const title = owner === "the site" ? "The site" : owner;
  const rows = own.map(({ name, kind, reason }) => `| \`${name}\` | ${WORDS[kind]} | ${cell(reason)} |`);
  return ["", `## ${title}`, "", "| variable | here | why |", "|---|---|---|", ...rows];
}

/** A reason in a table of Markdown: what is not code has no marks. */
function cell(reason: string): string {
  return reason
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith("`") ? part : part.replaceAll(/[<_*]/g, "\\$&")))
    .join("")
    .replaceAll("|", "\\|");
}
