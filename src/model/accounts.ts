/** An account of the cloud, with the project that its token is for. */
export interface IdentityAdmin {
  /** http://vip:5000 , without /v3 */
  authUrl: string;
  user: string;
  password: string;
  project: string;
  domain: string;
  /** Path of a CA bundle on the host, when the API is served by TLS. */
  caFile?: string;
}
