import type { Command, Option } from "commander";

/** Spellings of Kolla-Ansible's that commander cannot have beside its own. */
const SPELLINGS: Readonly<Record<string, string>> = {
  "-lt": "--list-tasks",
  "--vault-pass-file": "--vault-password-file",
  "--ask-vault-pass": "--ask-vault-password",
};

/**
 * The words of a command line in the one order and spelling that commander takes: options before the verb come after
 * it, beginnings of long options are completed when only one can be meant, as Python's argparse does.
 */
export function normalArguments(words: readonly string[], program: Command): string[] {
  const end = words.indexOf("--");
  const spelt = (end < 0 ? words : words.slice(0, end)).map(respelt);
  const rest = end < 0 ? [] : words.slice(end);
  if (spelt.includes("--version")) return ["--version"];
  const { before, verb, after } = splitAtVerb(spelt, program);
  if (verb === undefined) return [...before, ...rest];
  const command = program.commands.find((each) => each.name() === verb);
  if (!command) return [verb, ...after, ...rest];
  const inner = command.commands.find((each) => each.name() === after[0]);
  const own = inner ? after.slice(1) : after;
  const target = inner ?? command;
  const options = [...before, ...own].map((word) => completed(word, target.options));
  return [verb, ...(inner ? [inner.name()] : []), ...options, ...rest];
}

function respelt(word: string): string {
  const [name = "", ...value] = word.split("=");
  const known = SPELLINGS[name];
  return known === undefined ? word : [known, ...value].join("=");
}

/** The verb is the first word that is neither an option nor the value of one. */
function splitAtVerb(
  words: readonly string[],
  program: Command,
): { before: string[]; verb: string | undefined; after: string[] } {
  const known = [program, ...program.commands].flatMap((command) => [...command.options]);
  let at = 0;
  while (at < words.length && words[at]?.startsWith("-")) at += takesNextWord(words[at] ?? "", known) ? 2 : 1;
  return { before: words.slice(0, at), verb: words[at], after: words.slice(at + 1) };
}

function takesNextWord(word: string, known: readonly Option[]): boolean {
  if (word.includes("=")) return false;
  const long = word.startsWith("--") ? completed(word, known) : word;
  return known.some((option) => option.required && (option.long === long || option.short === long));
}

/** "--inv" → "--inventory", when no other option begins like it. */
function completed(word: string, options: readonly Option[]): string {
  const [, name = "", value = ""] = /^(--[A-Za-z][\w-]*)(=.*)?$/s.exec(word) ?? [];
  const longs = [...new Set(options.flatMap(({ long }) => long ?? []))];
  if (!name || longs.includes(name)) return word;
  // kolla-build has --network_mode beside --network-mode.
  const dashed = name.replaceAll("_", "-");
  const meant = longs.includes(dashed) ? [dashed] : longs.filter((long) => long.startsWith(dashed));
  return meant.length === 1 ? `${meant[0]}${value}` : word;
}
