import type { Where } from "#support";
import type { TracedLine } from "../template/index.ts";

/** One instruction of a Dockerfile, and where its first line was written. */
interface Instruction {
  keyword: string;
  words: string;
  place: Where | undefined;
}

/** "[stage 2/7] RUN …", with a platform before the stage when there are several, without a stage when there is one. */
const TITLE = /^\[(?:\S+\/\S+ (?=\S+ \d|\d))?(?:(\S+) )?(\d+)\/\d+\] ([A-Z]+)\b/;
const HEREDOC = /<<-?["']?([A-Za-z_]\w*)/;
/** What BuildKit gives a number: the instructions that make a layer. */
const COUNTED = ["RUN", "COPY", "ADD", "WORKDIR"];

/**
 * The template's file and line of a step that BuildKit names by its stage and number. The title's own words are no
 * guide: variables in them have been replaced. Undefined when the step is not found.
 */
export function placeOfStep(title: string, dockerfile: readonly TracedLine[]): Where | undefined {
  const [, stage, number, keyword] = TITLE.exec(title) ?? [];
  if (number === undefined) return undefined;
  const stages = stagesOf(instructionsIn(dockerfile));
  const steps = (stage === undefined ? stages[0] : stages.find(({ name }) => name === stage))?.steps;
  const found = steps?.[Number(number) - 1];
  return found?.keyword === keyword ? found?.place : undefined;
}

interface Stage {
  name: string;
  /** Numbered from one; a stage that begins with an image from elsewhere counts its FROM. */
  steps: Instruction[];
}

function stagesOf(instructions: readonly Instruction[]): Stage[] {
  const stages: Stage[] = [];
  for (const instruction of instructions) {
    if (instruction.keyword === "FROM") stages.push(stageOf(instruction, stages));
    else if (COUNTED.includes(instruction.keyword)) stages.at(-1)?.steps.push(instruction);
  }
  return stages;
}

function stageOf(from: Instruction, before: readonly Stage[]): Stage {
  const words = from.words.split(/\s+/).filter((word) => !word.startsWith("--"));
  const [, base = "", as, name] = words;
  const isNamed = as?.toUpperCase() === "AS" && name !== undefined;
  const own = isNamed ? name.toLowerCase() : `stage-${before.length}`;
  const isElsewhere = base !== "scratch" && !before.some((stage) => stage.name === base.toLowerCase());
  return { name: own, steps: isElsewhere ? [from] : [] };
}

/** Instructions with their continued lines; comments, blank lines and the text of here-documents are passed over. */
function instructionsIn(lines: readonly TracedLine[]): Instruction[] {
  const found: Instruction[] = [];
  let open: { instruction: Instruction; until?: string } | undefined;
  for (const { text, file, line } of lines) {
    if (open?.until !== undefined) {
      if (text.trim() === open.until) open = undefined;
      continue;
    }
    if (/^\s*(#|$)/.test(text)) continue;
    const isFirst = open === undefined;
    const instruction = open?.instruction ?? begun(text, file, line);
    if (isFirst) found.push(instruction);
    else instruction.words += ` ${text.trim()}`;
    const until = HEREDOC.exec(text)?.[1];
    open = until !== undefined ? { instruction, until } : /\\\s*$/.test(text) ? { instruction } : undefined;
  }
  return found;
}

function begun(text: string, file: string | undefined, line: number | undefined): Instruction {
  const words = text.trim();
  const keyword = (words.split(/\s/)[0] ?? "").toUpperCase();
  return { keyword, words, place: file !== undefined && line !== undefined ? { file, line } : undefined };
}
