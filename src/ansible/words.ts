import { KollaError, type Where } from "#support";

const LINES = 40;

/**
 * What Ansible wrote to standard error when it could not run at all, as one error with the place it names.
 * When it only says that an inventory could not be parsed, the reason is in the warnings before.
 */
export function ansibleError(wrapped: readonly string[], exit: number): KollaError {
  const lines = unwrapped(wrapped.join("\n")).split("\n");
  const text = errorText(lines);
  const source = /Completely failed to parse inventory source (.+)/.exec(text)?.[1];
  const reason = source ? inventoryReason(lines, source) : undefined;
  const words = reason ?? text;
  const where = placeIn(words) ?? (source === undefined ? undefined : { file: source });
  return new KollaError({
    code: "KOLLA_ANSIBLE_FAILED",
    message: words
      ? `Ansible says: ${shown(words)}`
      : `Ansible ended with exit code ${exit} and said nothing`,
    hint: hintFor(words, source),
    ...(where ? { where } : {}),
  });
}

/** From the first line that is an error on; warnings before it would bury it. */
function errorText(lines: readonly string[]): string {
  const first = lines.findIndex((line) => /^(\[ERROR\]|ERROR!|ERROR:|Traceback)/.test(line));
  const chosen = first < 0 ? lines.slice(-LINES) : lines.slice(first, first + LINES);
  return chosen.join("\n").trim();
}

/** Each plugin that tried to read the inventory told its reason in a warning; the one for this kind of file counts. */
function inventoryReason(lines: readonly string[], source: string): string | undefined {
  const blocks = lines
    .join("\n")
    .split(/^\[(?:WARNING|ERROR)\]: |^ERROR! /m)
    .filter((block) => /^(?: \*)? ?Failed to parse/.test(block));
  const isYaml = /\.(ya?ml|json)$/.test(source);
  const block = blocks.find((each) => /^.*?'?yaml'?\s+plugin:/s.test(each) && isYaml) ?? blocks.at(-1);
  return block?.replace(/^.*?plugin:\s*/s, "").trim();
}

/** Since 2.19 a reason is told twice: shortly, and again with what caused it. */
function shown(words: string): string {
  const [short = ""] = words.split(/\n\nFailed to parse|\nOrigin: /);
  return short.replaceAll(/\s*\n\s*/g, "\n").trim();
}

const COLUMNS = 79;

/**
 * Whether Ansible before 2.19 broke a line before the next one, which it does as Python's textwrap does: where the next
 * word, or the part of a file's name up to a dash, has no room within 79 columns.
 */
export function isBrokenBefore(line: string, next: string): boolean {
  if (line === "" || line.length > COLUMNS || !/^\S/.test(next) || /^(\[|ERROR|Origin:|<<<)/.test(next))
    return false;
  const [word = ""] = /^[^\s-]*-?/.exec(next) ?? [];
  return line.length + (line.endsWith("-") ? 0 : 1) + word.length > COLUMNS;
}

/** The line that two were before they were broken. */
export const joined = (line: string, next: string): string =>
  `${line}${line.endsWith("-") ? "" : " "}${next}`;

function unwrapped(text: string): string {
  const lines: string[] = [];
  let before = "";
  for (const line of text.split("\n")) {
    if (isBrokenBefore(before, line)) lines.push(joined(lines.pop() ?? "", line));
    else lines.push(line);
    before = line;
  }
  return lines.join("\n");
}

/** "Origin: FILE:LINE:COLUMN" since 2.19; before it "in 'FILE': line L, column C" or "on FILE" at the end. */
function placeIn(text: string): Where | undefined {
  const found =
    /^Origin: (\/.+?)(?::(\d+))?(?::(\d+))?$/m.exec(text) ??
    /in\s+'(.+?)':\s+line\s+(\d+),\s+column\s+(\d+)/.exec(text) ??
    /\son\s+(\/\S+)$/.exec(text) ??
    /^(?:Ansible says: )?(\/\S+?):(\d+): /.exec(text) ??
    /vault password (?:script|file|was provided from file) \(?(\/[^\s()]+)/.exec(text);
  const [, file, line, column] = found ?? [];
  if (!file) return undefined;
  return { file, ...(line && { line: Number(line) }), ...(column && { column: Number(column) }) };
}

function hintFor(text: string, inventory: string | undefined): string {
  if (/vault|decrypt/i.test(text))
    return "Give the right password with --vault-password-file, --vault-id or --ask-vault-password.";
  if (/Could not find or access/.test(text)) return "Check the names of the files given with -e.";
  if (inventory) return `\`ansible-inventory -i ${inventory} --list\` shows how it is read.`;
  return "Run it again with -vvv to see more of what Ansible does.";
}
