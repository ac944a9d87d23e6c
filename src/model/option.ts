import type { Secret } from "./secret.ts";

/** Texts that must look like something; src/compile/shapes.ts says like what. */
export type TextShape =
  | "text"
  | "name"
  | "word"
  | "words"
  | "address"
  | "hostname"
  | "url"
  | "interface"
  | "path"
  | "volume"
  | "proxy"
  | "registry"
  | "namespace"
  | "image-prefix"
  | "image-part"
  | "image-name"
  | "image"
  | "tag"
  | "tag-suffix"
  | "duration"
  | "size"
  | "range";

export type OptionType =
  | TextShape
  | "flag"
  | "port"
  | "count"
  | "seconds"
  | "number"
  | "choice"
  | "list"
  | "map"
  | "secret"
  | "any";

/** How `kolla genpwd` fills an empty secret; the kinds are those of kolla-genpwd. */
export type SecretKind =
  | "random"
  | "uuid"
  | "ssh-key"
  | "fernet-key"
  | "hmac-md5"
  | "bcrypt-salt"
  | "operator";

/** One variable that an operator may set, under the name Kolla operators know. */
export interface Option<T = unknown> {
  type: OptionType;
  /** A value, or a Jinja2 text over other options ("{{ keystone_internal_port }}"); undefined: must be set by the operator when it is used. */
  default: unknown;
  doc: string;
  min?: number;
  max?: number;
  /** Of a choice, or of each of several words. */
  choices?: readonly string[];
  /** Of several words: what each looks like. */
  each?: TextShape;
  /** A text that may be empty, whatever its shape. */
  empty?: boolean;
  /** What Kolla-Ansible can and we cannot yet: these values are refused, for this reason. */
  lacks?: { value: unknown; reason: string };
  secret?: SecretKind;
  /** Only the type level: what a resolved value is. */
  readonly value?: T;
}

export type Options = Readonly<Record<string, Option>>;

/** The resolved values of a table of options. */
export type Values<O extends Options> = { readonly [K in keyof O]: O[K] extends Option<infer T> ? T : never };

type Limits = { min?: number; max?: number };

/** Yes or no. As everywhere below, `fallback` is the default: a value, or Jinja2 text over other options. */
export const flag = (fallback: boolean | string, doc: string): Option<boolean> => ({
  type: "flag",
  default: fallback,
  doc,
});

/** A port number. */
export const port = (fallback: number | string, doc: string): Option<number> => ({
  type: "port",
  default: fallback,
  doc,
  min: 1,
  max: 65535,
});

/** A whole number of things. */
export const count = (fallback: number | string, doc: string, limits: Limits = {}): Option<number> => ({
  type: "count",
  default: fallback,
  doc,
  min: 0,
  ...limits,
});

/** A time in seconds. */
export const seconds = (fallback: number | string, doc: string, limits: Limits = {}): Option<number> => ({
  type: "seconds",
  default: fallback,
  doc,
  min: 0,
  ...limits,
});

/** Any number, whole or not. */
export const number = (fallback: number | string, doc: string, limits: Limits = {}): Option<number> => ({
  type: "number",
  default: fallback,
  doc,
  ...limits,
});

/** Text; may be empty. */
export const text = (fallback: string, doc: string): Option<string> => ({
  type: "text",
  default: fallback,
  doc,
});

/** Text that has no default: a run that needs it and does not find it says so. */
export const requiredText = (doc: string): Option<string> => ({ type: "text", default: undefined, doc });

type Emptiness = { empty?: boolean };

/** Text of one shape; it may be empty where its default is, or where that is said. */
const shaped =
  (type: TextShape) =>
  (fallback: string, doc: string, { empty = fallback === "" }: Emptiness = {}): Option<string> => ({
    type,
    default: fallback,
    doc,
    ...(empty && { empty }),
  });

/** Text that says something: of a project, a region, a domain. */
export const name = shaped("name");

/** A name in one word, which may stand in a URL or a command: of an account, a schema. */
export const word = shaped("word");

/** A name in the DNS, or an address. */
export const hostname = shaped("hostname");

/** The address of an API: scheme, host, and port and path where it has them. */
export const url = shaped("url");

/** An IPv4 address. */
export const address = shaped("address");

/** An address that has no default: a run that needs it and does not find it says so. */
export const requiredAddress = (doc: string): Option<string> => ({
  type: "address",
  default: undefined,
  doc,
});

/** A network interface as the kernel names it. */
export const networkInterface = shaped("interface");

/** An absolute path. */
export const path = shaped("path");

/** A volume of the engine, or an absolute path on the host. */
export const volume = shaped("volume");

/** Address of a proxy, with or without http://. */
export const proxy = shaped("proxy");

/** A registry without scheme: host[:port][/path]. */
export const registry = shaped("registry");

/** What stands between registry and name of an image. */
export const namespace = shaped("namespace");

/** What stands before an image's name, with the slash. */
export const imagePrefix = shaped("image-prefix");

/** A part of an image's name. */
export const imagePart = shaped("image-part");

/** An image with its tag or digest. */
export const image = shaped("image");

/** Tag of an image. */
export const tag = shaped("tag");

/** Appended to a tag. */
export const tagSuffix = shaped("tag-suffix");

/** A time with a unit, as HAProxy has them: 500ms, 10s, 1m. */
export const duration = shaped("duration");

/** A size with a unit: 50m. */
export const size = shaped("size");

/** Several words with commas between them: of a shape, or of a few that there are. */
export const words = (
  of: TextShape | readonly string[],
  fallback: string,
  doc: string,
  { empty = fallback === "" }: Emptiness = {},
): Option<string> => ({
  type: "words",
  default: fallback,
  doc,
  ...(typeof of === "string" ? { each: of } : { choices: of }),
  ...(empty && { empty }),
});

/** An option of which we cannot do yet what one of its values asks for; `reason` says what is lacking. */
export const lacking = <T>(option: Option<T>, value: NoInfer<T>, reason: string): Option<T> => ({
  ...option,
  lacks: { value, reason },
});

/** One of a few words. */
export const choice = <C extends string>(
  choices: readonly C[],
  fallback: NoInfer<C> | `{{${string}`,
  doc: string,
): Option<C> => ({ type: "choice", choices, default: fallback, doc });

/** A list, of texts unless the type says otherwise. */
export const list = <T = string>(fallback: readonly T[] | string, doc: string): Option<readonly T[]> => ({
  type: "list",
  default: fallback,
  doc,
});

/** A dictionary. */
export const map = (
  fallback: Readonly<Record<string, unknown>> | string,
  doc: string,
): Option<Readonly<Record<string, unknown>>> => ({ type: "map", default: fallback, doc });

/** A value of no one type: text or a list, say. */
export const any = (fallback: unknown, doc: string): Option<unknown> => ({
  type: "any",
  default: fallback,
  doc,
});

/** A password or key: lives in passwords.yml, is filled by genpwd, prints as ***. */
export const secret = (doc: string, kind: SecretKind = "random"): Option<Secret> => ({
  type: "secret",
  default: undefined,
  doc,
  secret: kind,
});

/** A password that is another one unless the operator says otherwise, in any of his files. */
export const secretLike = (fallback: `{{${string}`, doc: string): Option<Secret> => ({
  type: "secret",
  default: fallback,
  doc,
});

/** Whether an option's place is passwords.yml: a secret that is not another one by default. */
export const isOwnSecret = ({ type, default: fallback }: Option): boolean =>
  type === "secret" && fallback === undefined;

/** A pair of SSH keys as passwords.yml holds it. */
export const sshKey = (doc: string): Option<{ private_key: Secret; public_key: string }> => ({
  type: "secret",
  default: undefined,
  doc,
  secret: "ssh-key",
});
