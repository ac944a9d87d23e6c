import type { TextShape } from "#model";

/** What a text of some kind looks like. */
export interface Shape {
  /** In a sentence after "must be". */
  expected: string;
  fits(text: string): boolean;
  /** What was meant, when a text that does not fit shows it. */
  instead?(text: string): string | undefined;
}

const matching = (expected: string, pattern: RegExp, instead?: Shape["instead"]): Shape => ({
  expected,
  fits: (text) => pattern.test(text),
  ...(instead && { instead }),
});

const COMPONENT = "[a-z0-9]+(?:[._-]+[a-z0-9]+)*";
const PATH = `${COMPONENT}(?:/${COMPONENT})*`;
const HOST = "[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?";
const REGISTRY = `${HOST}(?::\\d+)?`;
const TAG = "\\w[\\w.-]{0,127}";

/** The shapes of texts. "text" fits whatever it is; of "words" each has a shape of its own. */
export const SHAPES: Readonly<Record<Exclude<TextShape, "text" | "words">, Shape>> = {
  name: matching("a text of one line that is not empty", /^[^\s](?:[^\n\r]*[^\s])?$/, trimmed),
  word: matching("one word, without blanks and / : @ \" '", /^[^\s/:@"']+$/, trimmed),
  address: { expected: "an IPv4 address such as 10.0.0.250", fits: isAddress, instead: withoutLength },
  hostname: {
    expected: "a host name or an IPv4 address, without scheme, port and path",
    fits: isHostname,
    instead: (text) => fitting(isHostname, bareHost(text)),
  },
  url: matching(
    "an address such as https://cloud.example:9292, without a slash at the end",
    /^https?:\/\/[^\s/]+(?:\/[^\s/]+)*$/,
    (text) => fittingPattern("^https?://[^\\s/]+(?:/[^\\s/]+)*$", text.trim().replace(/\/+$/, "")),
  ),
  interface: matching(
    "the name of a network interface, at most 15 letters such as eth0 or bond0.100",
    /^(?!\.{1,2}$)[^\s/:,]{1,15}$/,
    trimmed,
  ),
  path: matching("an absolute path, without blanks", /^\/\S*$/, (text) =>
    /^[\w.-]+(\/\S*)?$/.test(text) ? `/${text.replace(/^(\.\/)+/, "")}` : undefined,
  ),
  volume: matching("the name of a volume, or an absolute path", /^(?:\/[^\s:]*|[A-Za-z0-9][\w.-]*)$/),
  proxy: matching(
    "the address of a proxy such as http://proxy.example:3128",
    /^(?:[a-z][a-z0-9]*:\/\/)?(?:[^\s/@]+@)?[A-Za-z0-9[][A-Za-z0-9.:[\]_-]*\/?$/,
  ),
  registry: matching(
    "a registry as host[:port][/path] in small letters, without scheme and without a slash at the end",
    new RegExp(`^${REGISTRY}(?:/${PATH})?$`),
    (text) => fittingPattern(`^${REGISTRY}(?:/${PATH})?$`, bareRegistry(text)),
  ),
  namespace: matching(
    "the namespace of images in small letters, such as openstack.kolla, without a slash at the ends",
    new RegExp(`^${PATH}$`),
    (text) =>
      fittingPattern(
        `^${PATH}$`,
        text
          .trim()
          .replace(/^\/+|\/+$/g, "")
          .toLowerCase(),
      ),
  ),
  "image-prefix": matching(
    "what stands before the name of an image, such as registry.example:5000/kolla/",
    new RegExp(`^(?=.)(?:(?:${REGISTRY}/)?(?:${PATH}/)?(?:[a-z0-9][a-z0-9._-]*)?)$`),
    (text) => fittingPattern(`^${REGISTRY}/(?:${PATH}/)?$`, `${bareRegistry(text)}/`),
  ),
  "image-part": matching("a part of an image's name: small letters, digits and . _ -", /^[a-z0-9._-]+$/),
  "image-name": matching(
    "an image without its tag, such as registry.example:5000/kolla/keystone",
    new RegExp(`^(?:${REGISTRY}/)?${PATH}$`),
  ),
  image: matching(
    "an image with its tag, such as registry.example:5000/kolla/keystone:mine",
    new RegExp(`^(?:${REGISTRY}/)?${PATH}(?::${TAG})?(?:@sha256:[0-9a-f]{64})?$`),
  ),
  tag: matching("the tag of an image: letters, digits and . _ -", new RegExp(`^${TAG}$`)),
  "tag-suffix": matching("the end of a tag: letters, digits and . _ -", /^[\w.-]+$/),
  duration: matching(
    "a time such as 500ms, 10s, 1m or 6h, as HAProxy has them",
    /^\d+(?:us|ms|s|m|h|d)?$/,
    (text) => fittingPattern("^\\d+(?:us|ms|s|m|h|d)$", text.replaceAll(/\s+/g, "").toLowerCase()),
  ),
  size: matching("a size such as 50m or 1g", /^\d+[kmgKMG]?$/, (text) =>
    /^(\d+)\s*([kmg])i?b$/i.exec(text.trim())?.slice(1).join(""),
  ),
  range: matching("two numbers with a colon between them, such as 1:1000", /^\d+:\d+$/, (text) =>
    fittingPattern("^\\d+:\\d+$", text.trim().replace(/\s*[-–]\s*/, ":")),
  ),
};

/** Four numbers, none above 255, none with a leading zero: that some programs would read as octal. */
function isAddress(text: string): boolean {
  const parts = text.split(".");
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
}

/** What is all digits and dots is meant as an address, and must be one. */
function isHostname(text: string): boolean {
  if (/^[\d.]+$/.test(text)) return isAddress(text);
  return text.length <= 253 && /^(?!-)[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*\.?$/.test(text);
}

function trimmed(text: string): string | undefined {
  const bare = text.trim();
  return bare !== text && bare !== "" && !/\s/.test(bare) ? bare : undefined;
}

function withoutLength(text: string): string | undefined {
  return fitting(isAddress, text.trim().replace(/\/\d+$/, ""));
}

/** "https://cloud.example:5000/x" → "cloud.example". */
function bareHost(text: string): string {
  return text
    .trim()
    .replace(/^[a-z]+:\/*/i, "")
    .replace(/[:/].*$/, "");
}

/** "https://Registry.example:5000/" → "Registry.example:5000". */
function bareRegistry(text: string): string {
  return text
    .trim()
    .replace(/^[a-z]+:\/\/+/i, "")
    .replaceAll(/\/+/g, "/")
    .replace(/^\/|\/$/g, "");
}

function fitting(fits: (text: string) => boolean, text: string): string | undefined {
  return fits(text) ? text : undefined;
}

function fittingPattern(pattern: string, text: string): string | undefined {
  return new RegExp(pattern).test(text) ? text : undefined;
}
