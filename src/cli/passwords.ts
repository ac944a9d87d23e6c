import { createHmac, generateKeyPairSync, randomBytes, randomInt, randomUUID } from "node:crypto";
import { Document, isMap, parseDocument } from "yaml";
import type { Option, Options, SecretKind } from "#model";
import { KollaError } from "#support";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const LENGTH = 40;

/** How each kind of secret is made; kinds and forms are those of kolla-genpwd. `operator`: never made up. */
const MAKERS: Readonly<Record<SecretKind, () => unknown>> = {
  random: () => Array.from({ length: LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join(""),
  uuid: () => randomUUID(),
  "ssh-key": makeSshKey,
  "fernet-key": () => `${randomBytes(32).toString("base64url")}=`,
  "hmac-md5": () => createHmac("md5", randomUUID()).update("").digest("hex"),
  "bcrypt-salt": () => Array.from({ length: 22 }, () => LETTERS[randomInt(LETTERS.length)]).join(""),
  operator: () => null,
};

/**
 * Fills the empty secrets of a passwords.yml and adds those it lacks; what is set, and comments, stay.
 * Returns the new text and the names that were filled. Throws when the file is a vault or not a map.
 */
export function fillPasswords(
  text: string,
  options: Options,
  path: string,
): { text: string; filled: string[] } {
  const document = readPasswords(text, path);
  const filled: string[] = [];
  for (const [name, option] of secretsOf(options)) {
    const present = document.get(name);
    if (present !== undefined && present !== null && present !== "") continue;
    const made = MAKERS[option.secret ?? "random"]();
    document.set(name, made);
    if (made !== null) filled.push(name);
  }
  return { text: document.toString({ lineWidth: 0 }), filled };
}

/** The options that live in passwords.yml, in order of name. */
export function secretsOf(options: Options): [string, Option][] {
  return Object.entries(options)
    .filter(([, option]) => option.type === "secret")
    .sort(([a], [b]) => a.localeCompare(b));
}

function readPasswords(text: string, path: string): Document {
  if (text.startsWith("$ANSIBLE_VAULT"))
    throw new KollaError({
      code: "KOLLA_CONFIG_VAULT",
      message: "The passwords file is encrypted with Ansible Vault.",
      where: { file: path, line: 1 },
      hint: `ansible-vault decrypt ${path}, run genpwd again, and encrypt it.`,
    });
  const document = parseDocument(text, { version: "1.1" });
  const [error] = document.errors;
  if (error)
    throw new KollaError({
      code: "KOLLA_CONFIG_SYNTAX",
      message: error.message,
      where: { file: path, ...(error.linePos && { line: error.linePos[0].line }) },
    });
  if (document.contents === null) return new Document({}, { version: "1.1" });
  if (!isMap(document.contents))
    throw new KollaError({
      code: "KOLLA_CONFIG_SYNTAX",
      message: "must hold names and values",
      where: { file: path, line: 1 },
    });
  return document as Document;
}

/** RSA-4096: private key as PKCS #8 PEM, public key as OpenSSH writes it (RFC 4253, section 6.6). */
function makeSshKey(): { private_key: string; public_key: string } {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 4096 });
  const { n, e } = publicKey.export({ format: "jwk" });
  const blob = Buffer.concat([
    sshString(Buffer.from("ssh-rsa")),
    sshString(unsigned(Buffer.from(e ?? "", "base64url"))),
    sshString(unsigned(Buffer.from(n ?? "", "base64url"))),
  ]);
  return {
    private_key: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
    public_key: `ssh-rsa ${blob.toString("base64")}`,
  };
}

function sshString(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** SSH's mpint is signed: a leading zero keeps a high first bit from meaning a negative number. */
function unsigned(bytes: Buffer): Buffer {
  return (bytes[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes;
}
