import { project } from "#model";

export default project("nova", {
  summary: "Servers: their API, scheduling, consoles and hypervisors",
  profile: "main",
  user: { name: "nova", id: 42436 },
});
