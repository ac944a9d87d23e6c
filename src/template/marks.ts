import type { Node } from "./ast.ts";

/** A line of rendered text, and the place in a template that it came from, as far as one is known. */
export interface TracedLine {
  text: string;
  file?: string;
  line?: number;
}

const BEGIN = "\uE000";
const END = "\uE001";
const MARK = /\uE000(\d+) ([^\uE001]*)\uE001/g;
const LEADING = /^(\s*\uE000[^\uE001]*\uE001)+/;

const mark = (file: string, line: number): string => `${BEGIN}${line} ${file}${END}`;

/**
 * Puts a mark before each line and each printed value of a template, so that what is rendered can be traced back.
 * Text that is kept in a variable, filtered or made by a macro stays as it is: a template may compare it.
 */
export function markNodes(nodes: Node[], file: string): void {
  for (let index = 0; index < nodes.length; index++) {
    const node = nodes[index] as Node;
    if (node.kind === "text") node.text = markText(node.text, file, node.line);
    else if (node.kind === "print")
      nodes.splice(index++, 0, { kind: "text", text: mark(file, node.line), line: node.line });
    else for (const body of bodiesOf(node)) markNodes(body, file);
  }
}

function markText(text: string, file: string, first: number): string {
  return text
    .split("\n")
    .map((line, index) => `${mark(file, first + index)}${line}`)
    .join("\n");
}

/** The statements inside a statement that are rendered where they stand. */
function bodiesOf(node: Node): Node[][] {
  switch (node.kind) {
    case "if":
      return [...node.branches.map(({ body }) => body), node.otherwise];
    case "for":
      return [node.body, node.otherwise];
    case "with":
    case "block":
    case "autoescape":
      return [node.body];
    default:
      return [];
  }
}

/**
 * The lines of a marked text without its marks. A line comes from the last place that is named before its first sign
 * (statements leave empty text behind); one in the midst of a printed value from where the value stands.
 */
export function traceLines(marked: string): TracedLine[] {
  let place: Pick<TracedLine, "file" | "line"> = {};
  return marked.split("\n").map((line) => {
    place = placesIn(LEADING.exec(line)?.[0] ?? "").at(-1) ?? place;
    const traced = { text: line.replace(MARK, ""), ...place };
    place = placesIn(line).at(-1) ?? place;
    return traced;
  });
}

function placesIn(text: string): { file: string; line: number }[] {
  return [...text.matchAll(MARK)].map(([, line, file]) => ({ file: file ?? "", line: Number(line) }));
}
