import { project } from "#model";

export default project("heat", {
  summary: "Stacks: many resources made, changed and deleted together, as a template says",
  profile: "main",
  user: { name: "heat", id: 42418 },
});
