interface WrapOptions {
  width: number;
  breakWords: boolean;
  hyphens: boolean;
}

function chunksOf(line: string, hyphens: boolean): string[] {
  const words = line.split(/(\s+)/).filter((part) => part !== "");
  if (!hyphens) return words;
  return words.flatMap((word) => word.split(/(?<=[\p{L}\p{N}_][\p{L}_]-)(?=[\p{L}\p{N}_]+[\p{L}_])/u));
}

/** Cuts one line into lines no longer than the width, at spaces and hyphens, as Python's textwrap does. */
export function wordWrap(line: string, options: WrapOptions): string[] {
  const chunks = chunksOf(line, options.hyphens);
  const lines: string[] = [];
  while (chunks.length > 0) {
    if (lines.length > 0 && isBlank(chunks[0])) chunks.shift();
    const current = takeLine(chunks, options);
    if (isBlank(current.at(-1))) current.pop();
    if (current.length > 0) lines.push(current.join(""));
  }
  return lines;
}

function isBlank(chunk: string | undefined): boolean {
  return chunk !== undefined && chunk.trim() === "";
}

/** Takes the chunks of one line; the first part of one that is too long for any line goes along. */
function takeLine(chunks: string[], options: WrapOptions): string[] {
  const current: string[] = [];
  let size = 0;
  for (let next = chunks[0]; next !== undefined && size + next.length <= options.width; next = chunks[0]) {
    current.push(next);
    size += next.length;
    chunks.shift();
  }
  const [long] = chunks;
  if (long !== undefined && long.length > options.width) splitLong(chunks, long, current, size, options);
  return current;
}

/** Even a part of no length counts as one: Python then leaves the space before it in the line. */
function splitLong(
  chunks: string[],
  long: string,
  current: string[],
  size: number,
  options: WrapOptions,
): void {
  if (!options.breakWords) {
    if (current.length === 0) current.push(chunks.shift() ?? "");
    return;
  }
  const room = options.width < 1 ? 1 : options.width - size;
  const hyphen = options.hyphens ? long.slice(0, Math.max(0, room)).lastIndexOf("-") : -1;
  const end = hyphen > 0 && /[^-]/.test(long.slice(0, hyphen)) ? hyphen + 1 : room;
  current.push(long.slice(0, end));
  chunks[0] = long.slice(end);
}
