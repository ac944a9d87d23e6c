import { createHmac, generateKeyPairSync, randomBytes, randomInt, randomUUID } from "node:crypto";
import type { SecretKind } from "#model";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const LENGTH = 40;

/** How each kind of secret is made; kinds and forms are those of kolla-genpwd. `operator`: never made up. */
export const MAKERS: Readonly<Record<SecretKind, () => unknown>> = {
  random: () => Array.from({ length: LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join(""),
  uuid: () => randomUUID(),
  "ssh-key": makeSshKey,
  "fernet-key": () => `${randomBytes(32).toString("base64url")}=`,
  "hmac-md5": () => createHmac("md5", randomUUID()).update("").digest("hex"),
  "bcrypt-salt": () => Array.from({ length: 22 }, () => LETTERS[randomInt(LETTERS.length)]).join(""),
  operator: () => null,
};

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
