/** What PyYAML would read as something else than text (YAML 1.1, without y and n). */
const RESOLVES =
  /^(?:~|null|Null|NULL|yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF|<<|=)$|^[-+]?(?:\d[\d_]*)(?:\.[\d_]*)?(?:[eE][-+]\d+)?$|^[-+]?\.[\d_]+(?:[eE][-+]\d+)?$|^[-+]?0b[01_]+$|^[-+]?0x[\da-fA-F_]+$|^[-+]?[1-9][\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?$|^[-+]?\.(?:inf|Inf|INF)$|^\.(?:nan|NaN|NAN)$|^\d{4}-\d\d?-\d\d?(?:[Tt ].*)?$/;

const LEADING = /^[#,[\]{}&*!|>'"%@`]|^[-?:](?:\s|$)|^(?:---|\.\.\.)/;
const INSIDE = /:\s|:$|\s#|\n|^\s|\s$/;
const PRINTABLE = /^[\x20-\x7e\n\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]*$/u;

/** Whether PyYAML writes the text without quotes. */
export function plainIsSafe(text: string, inFlow: boolean): boolean {
  if (text === "" || !PRINTABLE.test(text) || RESOLVES.test(text)) return false;
  if (LEADING.test(text) || INSIDE.test(text)) return false;
  return !(inFlow && /[,?[\]{}:]/.test(text));
}

/** Whether single quotes do; else characters need escapes in double ones. */
export function singleQuotesSuffice(text: string): boolean {
  return PRINTABLE.test(text) && !/ \n|\n /.test(text);
}

const ESCAPES: Record<string, string> = {
  "\0": "\\0",
  "\x07": "\\a",
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\v": "\\v",
  "\f": "\\f",
  "\r": "\\r",
  "\x1b": "\\e",
  '"': '\\"',
  "\\": "\\\\",
  "\x85": "\\N",
  "\xa0": "\\_",
  "\u2028": "\\L",
  "\u2029": "\\P",
};

/** A character as an escape of YAML's double-quoted style. */
export function escapeYaml(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  const short = ESCAPES[char];
  if (short !== undefined) return short;
  if (code <= 0xff) return `\\x${code.toString(16).toUpperCase().padStart(2, "0")}`;
  if (code <= 0xffff) return `\\u${code.toString(16).toUpperCase().padStart(4, "0")}`;
  return `\\U${code.toString(16).toUpperCase().padStart(8, "0")}`;
}
