interface WrapOptions {
  width: number;
  breakWords: boolean;
  hyphens: boolean;
}

function chunksOf(line: string, hyphens: boolean): string[] {
  const words = line.split(/(\s+)/).filter((part) => part !== "");
  if (!hyphens) return words;
  return words.flatMap((word) => word.split(/(?<=[\p{L}_]{2}-)(?=[\p{L}_]{2})/u));
}

/** Cuts one line into lines no longer than the width, at spaces and hyphens, as Python's textwrap does. */
export function wordWrap(line: string, options: WrapOptions): string[] {
  const chunks = chunksOf(line, options.hyphens);
  const lines: string[] = [];
  let current = "";
  while (chunks.length > 0) {
    const chunk = chunks.shift() ?? "";
    if (current === "" && lines.length > 0 && chunk.trim() === "") continue;
    if (current.length + chunk.length <= options.width) current += chunk;
    else {
      const rest = overlong(chunk, current, options);
      lines.push((current + rest.head).trimEnd());
      current = "";
      if (rest.tail !== "") chunks.unshift(rest.tail);
    }
  }
  const last = current.trimEnd();
  if (last !== "") lines.push(last);
  return lines.filter((text, index) => text !== "" || index > 0);
}

/** Which part of a chunk that does not fit still goes on this line. */
function overlong(
  chunk: string,
  current: string,
  { width, breakWords }: WrapOptions,
): { head: string; tail: string } {
  if (chunk.length <= width) return { head: "", tail: chunk.trim() === "" ? "" : chunk };
  if (breakWords) {
    const room = Math.max(1, width - current.length);
    return current.length >= width
      ? { head: "", tail: chunk }
      : { head: chunk.slice(0, room), tail: chunk.slice(room) };
  }
  return current === "" ? { head: chunk, tail: "" } : { head: "", tail: chunk };
}
