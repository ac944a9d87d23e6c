import { project } from "#model";

export default project("glance", {
  summary: "Images that servers boot from",
  profile: "main",
  user: { name: "glance", id: 42415 },
  sources: { "glance-base": { pypi: "glance" } },
});
