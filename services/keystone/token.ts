/** What a token is asked for with, at /auth/tokens: an account with its password, and what the token is to be for. */
export function signIn(user: object, scope?: object): object {
  return { auth: { identity: { methods: ["password"], password: { user } }, ...(scope && { scope }) } };
}
