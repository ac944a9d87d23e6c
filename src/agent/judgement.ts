import type { Judgement, Match } from "#model";

/** Whether an answer is good, and what is said of it. */
export interface Said {
  ok: boolean;
  words: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** Judges the records of an answer as the probe says. An answer without records is never good. */
export function judged(judgement: Judgement, answer: unknown): Said {
  const { list, ignored, well, members, troubles = [] } = judgement;
  const records = recordsOf(list === undefined ? answer : (answer as Fields | null)?.[list]);
  const counted = records.filter((record) => ignored === undefined || !matches(record, ignored));
  const good = counted.filter((record) => matches(record, well));
  const wrong = counted.flatMap((record) =>
    troubles.filter(({ when }) => matches(record, when)).map(({ words }) => filled(words, record)),
  );
  const all = { ...counted[0], well: good.length, counted: counted.length };
  return {
    ok: good.length > 0 && good.length === (members ?? counted.length) && wrong.length === 0,
    words: [filled(judgement.words, all), ...wrong].join(", "),
  };
}

/** The words with `{field}` replaced by the field; one that is not there stays as it is. */
export function filled(words: string, fields: Fields): string {
  return words.replace(/\{(\w+)\}/g, (whole, name: string) => String(fields[name] ?? whole));
}

function recordsOf(answer: unknown): Fields[] {
  return Array.isArray(answer) ? (answer as Fields[]) : [];
}

function matches(record: Fields, wanted: Match): boolean {
  return Object.entries(wanted).every(([name, value]) => {
    const found = record[name];
    if (typeof value !== "object") return found === value;
    return "not" in value ? found !== value.not : isEmpty(found) === value.empty;
  });
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) ? value.length === 0 : !value;
}
