import type { IdentityAdmin } from "#model";

/** Path at which tokens are had. */
export const TOKENS = "/v3/auth/tokens";

/** What a token is asked for with that an account has in its project. */
export function signInAs({ user: name, password, project, domain }: IdentityAdmin): object {
  const user = { name, domain: { name: domain }, password };
  return signIn(user, { project: { name: project, domain: { name: domain } } });
}

/** What a token is asked for with, at /auth/tokens: an account with its password, and what the token is to be for. */
export function signIn(user: object, scope?: object): object {
  return { auth: { identity: { methods: ["password"], password: { user } }, ...(scope && { scope }) } };
}
