import { parseAllDocuments, parse as parseYaml, type ScalarTag, type Tags } from "yaml";
import { fail } from "../errors.ts";
import { makeFloat } from "../values.ts";

/** Marks a float whose digits say that it is one, which JSON.parse would forget. */
const FLOAT_MARK = "\u0000float:";

function markFloats(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g, (token) => {
    if (token.startsWith('"') || !/[.eE]/.test(token)) return token;
    return JSON.stringify(FLOAT_MARK + token);
  });
}

function revive(value: unknown): unknown {
  if (typeof value === "string") {
    return value.startsWith(FLOAT_MARK) ? makeFloat(Number(value.slice(FLOAT_MARK.length))) : value;
  }
  if (Array.isArray(value)) return value.map(revive);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, revive(item)]));
}

/** The value of a JSON text; 1.0 stays a float. Throws KOLLA_TEMPLATE_RUNTIME when it is not JSON. */
export function fromJson(text: string): unknown {
  try {
    return revive(JSON.parse(markFloats(text)));
  } catch (error) {
    return fail(`The text is not JSON: ${(error as Error).message}`);
  }
}

/** PyYAML's booleans: y and n are text. */
const BOOLEANS: Record<string, RegExp> = {
  true: /^(?:[Yy]es|YES|[Tt]rue|TRUE|[Oo]n|ON)$/,
  false: /^(?:[Nn]o|NO|[Ff]alse|FALSE|[Oo]ff|OFF)$/,
};

/** The tags of YAML 1.1 as PyYAML reads them; floats stay floats when they are integral. */
function pyyamlTags(tags: Tags): Tags {
  return tags.map((tag) => {
    if (typeof tag === "string" || !("resolve" in tag) || tag.collection) return tag;
    if (tag.tag === "tag:yaml.org,2002:bool")
      return { ...tag, test: BOOLEANS[String(tag.test?.test("true"))] ?? /^$/ };
    if (tag.tag !== "tag:yaml.org,2002:float") return tag;
    return { ...tag, resolve: (text: string) => makeFloat(floatOf(text)) } as ScalarTag;
  });
}

function floatOf(text: string): number {
  const bare = text.replaceAll("_", "").toLowerCase();
  if (bare.endsWith(".inf"))
    return bare.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (bare === ".nan") return Number.NaN;
  return bare.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
}

const YAML_OPTIONS = {
  version: "1.1",
  mapAsMap: true,
  schema: "yaml-1.1",
  merge: true,
  customTags: pyyamlTags,
} as const;

/** The value of a YAML text, read as Ansible reads it (YAML 1.1). */
export function fromYaml(text: string): unknown {
  try {
    return parseYaml(text, YAML_OPTIONS);
  } catch (error) {
    return fail(`The text is not YAML: ${(error as Error).message}`);
  }
}

/** The values of all documents of a YAML text. */
export function fromYamlAll(text: string): unknown[] {
  const documents = parseAllDocuments(text, YAML_OPTIONS);
  const broken = documents.flatMap((document) => document.errors)[0];
  if (broken) return fail(`The text is not YAML: ${broken.message}`);
  return documents.map((document) => document.toJS({ mapAsMap: true }));
}
