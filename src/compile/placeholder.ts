import { type Option, Secret } from "#model";

const TEXTS: Readonly<Record<string, string>> = {
  address: "192.0.2.1",
  path: "/",
  volume: "/",
  "image-prefix": "x/",
  duration: "1s",
  size: "1m",
  range: "1:1",
};

/**
 * A value that fits an option whose own is wrong or missing, so that what else is wrong can be found. Nothing that is
 * made with it reaches a host.
 */
export function placeholder(option: Option): unknown {
  const { type, default: fallback, choices, min } = option;
  if (type === "secret") return secretLike(option);
  if (fallback !== undefined && !isTemplate(fallback)) return fallback;
  if (type === "flag") return false;
  if (type === "list") return [];
  if (type === "map") return {};
  if (["port", "count", "seconds", "number"].includes(type)) return Math.max(1, min ?? 1);
  return choices?.[0] ?? TEXTS[option.each ?? type] ?? "x";
}

function secretLike({ secret }: Option): unknown {
  const hidden = new Secret("x");
  return secret === "ssh-key" ? { private_key: hidden, public_key: "x" } : hidden;
}

function isTemplate(value: unknown): boolean {
  return /\{\{|\{%/.test(JSON.stringify(value));
}
