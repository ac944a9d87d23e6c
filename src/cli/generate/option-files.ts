import { stringify } from "yaml";
import { isOwnSecret, type Option, type Options } from "#model";
import { secretsOf } from "../../app/index.ts";

/** The options of one owner: the site, or a service with those that follow by rule from its containers. */
export interface OptionGroup {
  title: string;
  slug: string;
  summary: string;
  options: Options;
  byRule: Options;
}

const WRITTEN = "Written by `npm run generate` from the options' definitions; do not edit.";

const yamlValue = (value: unknown): string => stringify(value, { lineWidth: 0, version: "1.1" }).trimEnd();

/** A default on one line of YAML. */
function inlineYaml(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "object" && value !== null) return JSON.stringify(value);
  return yamlValue(value);
}

/** Every default for Ansible, at the lowest precedence, so that operators' own values can refer to any option. */
export function groupVarsFile(groups: readonly OptionGroup[]): string {
  const lines = ["---", `# ${WRITTEN}`];
  for (const group of groups) {
    const entries = Object.entries({ ...group.options, ...group.byRule }).filter(
      ([, option]) => option.default !== undefined,
    );
    if (entries.length === 0) continue;
    lines.push(
      `# ${group.title}`,
      ...entries.map(([name, option]) => `${name}: ${inlineYaml(option.default)}`),
    );
  }
  return `${lines.join("\n")}\n`;
}

/**
 * The same for Kolla-Ansible's variables that we have no option for. JSON, which Ansible reads many times faster; one
 * variable a line.
 */
export function otherVarsFile(others: Readonly<Record<string, unknown>>): string {
  const lines = Object.entries(others).map(
    ([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`,
  );
  return `{\n${lines.join(",\n")}\n}\n`;
}

/** globals.yml for an operator to start from: every option, its words and its default, commented out. */
export function globalsSample(groups: readonly OptionGroup[]): string {
  const lines = [
    "---",
    `# ${WRITTEN}`,
    "# All options of Kolla with their defaults. Uncomment what should differ; an all-in-one needs the first three.",
    "# Options that every container has by rule (image, tag, dimensions, health checks …): doc/reference/options/.",
    "",
  ];
  for (const group of groups) {
    lines.push(`########## ${group.title}: ${group.summary}`);
    for (const [name, option] of Object.entries(group.options)) {
      if (!isOwnSecret(option)) lines.push(...sampleLines(name, option));
    }
    lines.push("");
  }
  return `${lines.join("\n").trimEnd()}\n`;
}

function sampleLines(name: string, option: Option): string[] {
  const choices = option.choices ? ` One of: ${option.choices.join(", ")}.` : "";
  return [
    `# ${option.doc}${choices}`,
    `#${name}: ${option.default === undefined ? "" : inlineYaml(option.default)}`.trimEnd(),
  ];
}

/** passwords.yml with every secret empty: what `kolla genpwd` fills. */
export function passwordsSample(options: Options): string {
  const lines = ["---", `# ${WRITTEN}`, "# `kolla genpwd` fills what is empty."];
  for (const [name, option] of secretsOf(options)) lines.push(`# ${option.doc}`, `${name}:`);
  return `${lines.join("\n")}\n`;
}

/** One page of documentation for an owner's options. */
export function optionReference(group: OptionGroup): string {
  const page = [`# Options: ${group.title}`, "", group.summary, "", ...table(group.options)];
  if (Object.keys(group.byRule).length > 0)
    page.push(
      "",
      "## By rule",
      "",
      "From the names of the service and its containers.",
      "",
      ...table(group.byRule),
    );
  return `<!-- ${WRITTEN} -->\n${page.join("\n")}\n`;
}

function table(options: Options): string[] {
  return [
    "| option | type | default | what it is |",
    "|---|---|---|---|",
    ...Object.entries(options).map(
      ([name, option]) =>
        `| \`${name}\` | ${typeWords(option)} | ${defaultWords(option)} | ${cell(option.doc)} |`,
    ),
  ];
}

function typeWords(option: Option): string {
  const range =
    option.min !== undefined || option.max !== undefined ? ` ${option.min ?? ""}…${option.max ?? ""}` : "";
  return cell(option.choices ? option.choices.join(", ") : `${option.type}${range}`);
}

function defaultWords(option: Option): string {
  if (isOwnSecret(option)) return "passwords.yml";
  return option.default === undefined ? "none: must be set" : `\`${cell(inlineYaml(option.default))}\``;
}

const cell = (text: string): string => text.replace(/\|/g, "\\|").replace(/\n/g, " ");

/** kolla-build.conf with every option commented out at its default. */
export function buildSample(options: Options): string {
  const lines = [`# ${WRITTEN}`, "[DEFAULT]"];
  for (const [name, option] of Object.entries(options)) {
    const value = Array.isArray(option.default) ? option.default.join(",") : String(option.default ?? "");
    const shown = typeof option.default === "object" && !Array.isArray(option.default) ? "" : value;
    lines.push(
      "",
      `# ${option.doc} (${option.choices?.join(", ") ?? option.type})`,
      `#${name} = ${shown}`.trimEnd(),
    );
  }
  return `${lines.join("\n")}\n`;
}
