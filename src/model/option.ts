import type { Secret } from "./secret.ts";

export type OptionType =
  | "flag"
  | "port"
  | "count"
  | "seconds"
  | "number"
  | "text"
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
  choices?: readonly string[];
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

/** A pair of SSH keys as passwords.yml holds it. */
export const sshKey = (doc: string): Option<{ private_key: Secret; public_key: string }> => ({
  type: "secret",
  default: undefined,
  doc,
  secret: "ssh-key",
});
