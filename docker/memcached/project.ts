import { project } from "#model";

export default project("memcached", {
  summary: "The cache of tokens and sessions",
  profile: "infra",
  user: { name: "memcached", id: 42457 },
});
