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
  const where = placeIn(words);
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

/** Before 2.19 Ansible breaks its lines before column 80, also after the dashes in names of files. */
function unwrapped(text: string): string {
  return text.replaceAll(
    /^(.{60,78}?)(-?)\n(?=\S)(?!\[|ERROR|Origin:|<<<)/gm,
    (_, line: string, dash: string) => line + (dash || " "),
  );
}

/** "Origin: FILE:LINE:COLUMN" since 2.19; before it "in 'FILE': line L, column C" or "on FILE" at the end. */
function placeIn(text: string): Where | undefined {
  const found =
    /^Origin: (\/.+?)(?::(\d+))?(?::(\d+))?$/m.exec(text) ??
    /in\s+'(.+?)':\s+line\s+(\d+),\s+column\s+(\d+)/.exec(text) ??
    /\son\s+(\/\S+)$/.exec(text);
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
