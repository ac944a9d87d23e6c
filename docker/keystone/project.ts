import { project } from "#model";

export default project("keystone", {
  summary: "Identity: users, projects, tokens and the catalogue of services",
  profile: "main",
  user: { name: "keystone", id: 42425 },
  sources: { "keystone-base": { pypi: "keystone" } },
});
