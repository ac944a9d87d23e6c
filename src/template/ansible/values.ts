import { createHash } from "node:crypto";
import { REQUIRED } from "../arguments.ts";
import { getItem } from "../attributes.ts";
import { equals } from "../compare.ts";
import { fail } from "../errors.ts";
import { dumpJson, type JsonOptions } from "../json.ts";
import { str } from "../repr.ts";
import type { Filter } from "../runtime.ts";
import { isFloat, isString, makeFloat, numeric, toIndex, truthy, typeName, Undefined } from "../values.ts";
import { ansibleFilter, onlyAnsible } from "./kit.ts";
import { fromJson } from "./parse.ts";

const TRUE_WORDS = new Set(["yes", "on", "true", "1"]);

/** Ansible's `bool`: yes, on, true and 1 in any case; everything else is false. */
export function toBool(value: unknown): boolean {
  if (value instanceof Undefined) value.raise();
  if (isString(value)) return TRUE_WORDS.has(String(value).toLowerCase());
  return equals(value, 1);
}

const ternary: Filter = (value, ...args) => {
  const [yes, no, none = null] = args;
  if (value === null && none !== null) return none;
  return truthy(value) ? yes : no;
};

const mandatory: Filter = function (value, message) {
  if (!(value instanceof Undefined)) return value;
  const text = message ?? this.kwargs.msg;
  return text === undefined ? fail(`Mandatory variable not defined: ${value.message}`) : fail(str(text));
};

function jsonOptions(kwargs: Record<string, unknown>, nice: boolean): JsonOptions {
  const indent = kwargs.indent ?? (nice ? 4 : null);
  const separators = kwargs.separators;
  const asciiOnly = kwargs.ensure_ascii;
  return {
    sortKeys: truthy(kwargs.sort_keys ?? nice),
    ...(indent === null ? {} : { indent: toIndex(indent) ?? fail("indent must be an integer") }),
    ...(asciiOnly === undefined ? {} : { asciiOnly: truthy(asciiOnly) }),
    ...(Array.isArray(separators) && !nice ? { separators: [str(separators[0]), str(separators[1])] } : {}),
  };
}

function toJson(nice: boolean): Filter {
  return function (value, ...args) {
    const kwargs = nice && args.length > 0 ? { indent: args[0], ...this.kwargs } : this.kwargs;
    return dumpJson(value, jsonOptions(kwargs, nice));
  };
}

function digest(kind: unknown, value: unknown): string {
  const name = str(kind);
  try {
    return createHash(name).update(str(value)).digest("hex");
  } catch (error) {
    throw new Error(`there is no hash '${name}'`, { cause: error });
  }
}

const ANSIBLE_NAMESPACE = "361E6D51-FAEC-444A-9079-341386DA8E2E";

/** A version 5 UUID of the text, in Ansible's namespace unless another is given. */
const toUuid = ansibleFilter({ namespace: ANSIBLE_NAMESPACE }, (value, { namespace }) => {
  const space = Buffer.from(str(namespace).replaceAll("-", ""), "hex");
  if (space.length !== 16) fail(`Invalid value '${str(namespace)}' for 'namespace'`);
  const hash = createHash("sha1").update(space).update(str(value)).digest().subarray(0, 16);
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  return hash.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
});

const log = ansibleFilter({ base: Math.E }, (value, { base }) => {
  const number = Number(numeric(value) ?? fail("log() needs a number"));
  const radix = Number(numeric(base) ?? fail("log() needs a number as base"));
  return makeFloat(radix === 10 ? Math.log10(number) : Math.log(number) / Math.log(radix));
});

const pow = ansibleFilter({ exponent: REQUIRED }, (value, { exponent }) =>
  makeFloat(Number(numeric(value) ?? fail("pow() needs a number")) ** Number(numeric(exponent))),
);

const root = ansibleFilter({ base: 2 }, (value, { base }) => {
  const number = Number(numeric(value) ?? fail("root() needs a number"));
  return makeFloat(equals(base, 2) ? Math.sqrt(number) : number ** (1 / Number(numeric(base))));
});

const SIZES = ["B", "K", "M", "G", "T", "P", "E", "Z", "Y"];

/** "10M" or "1.5 GB" in bytes. */
const humanToBytes = ansibleFilter({ default_unit: null, isbits: false }, (value, { default_unit }) => {
  const match = /^\s*(\d*\.?\d*)\s*([A-Za-z]+)?/.exec(str(value));
  if (!match || match[1] === "") return fail(`human_to_bytes() can't interpret '${str(value)}'`);
  const unit = (match[2] ?? (default_unit === null ? "B" : str(default_unit))).charAt(0).toUpperCase();
  const power = SIZES.indexOf(unit);
  if (power === -1) fail(`human_to_bytes() does not know the unit of '${str(value)}'`);
  return Math.round(Number(match[1]) * 1024 ** power);
});

const humanReadable = ansibleFilter({ isbits: false, unit: null }, (value, { isbits, unit }) => {
  const size = Number(numeric(value) ?? fail("human_readable() can't interpret its input"));
  const wanted = unit === null ? undefined : SIZES.indexOf(str(unit).toUpperCase());
  const power =
    wanted ??
    Math.max(
      0,
      SIZES.findLastIndex((_, index) => size >= 1024 ** index),
    );
  const suffix = truthy(isbits) ? "bits" : "Bytes";
  const prefix = power === 0 ? "" : SIZES[power];
  const word = power === 0 ? suffix : truthy(isbits) ? "b" : "B";
  return `${(size / 1024 ** power).toFixed(2)} ${prefix}${word}`;
});

const extract: Filter = function (key, container, more = null) {
  const keys = more === null ? [key] : [key, ...(Array.isArray(more) ? more : [more])];
  let value = container;
  for (const part of keys) value = getItem(value, part, this.environment.undefinedMode);
  return value;
};

/** Python's name of the type. */
const typeDebug: Filter = (value) => (isFloat(value) ? "float" : typeName(value));

const RANDOM = "it would give another result at each run";
const SALTED = "it needs a salt that is kept between runs";

export const VALUE_FILTERS: Record<string, Filter> = {
  bcrypt_hash: onlyAnsible("bcrypt_hash", SALTED),
  bool: toBool,
  checksum: ansibleFilter({}, (value) => digest("sha1", value)),
  extract,
  from_json: ansibleFilter({}, (value) => fromJson(str(value))),
  hash: ansibleFilter({ hashtype: "sha1" }, (value, { hashtype }) => digest(hashtype, value)),
  human_readable: humanReadable,
  human_to_bytes: humanToBytes,
  log,
  mandatory,
  md5: ansibleFilter({}, (value) => digest("md5", value)),
  password_hash: onlyAnsible("password_hash", SALTED),
  pow,
  random_mac: onlyAnsible("random_mac", RANDOM),
  root,
  sha1: ansibleFilter({}, (value) => digest("sha1", value)),
  ternary,
  to_json: toJson(false),
  to_nice_json: toJson(true),
  to_uuid: toUuid,
  type_debug: typeDebug,
  unvault: onlyAnsible("unvault", "it needs the vault's secret"),
  vault: onlyAnsible("vault", "it needs the vault's secret"),
};
