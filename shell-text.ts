import { readFileSync } from "node:fs";

/** The part of a plugin that rolldown and Vite both know. */
interface TextPlugin {
  name: string;
  load: { filter: { id: RegExp }; handler: (path: string) => { code: string; moduleType: "js" } };
}

/** Makes an import of a shell program give its text, alike in what is bundled and in what tests run. */
export const shellAsText: TextPlugin = {
  name: "shell-as-text",
  load: {
    filter: { id: /\.sh$/ },
    handler: (path) => ({
      code: `export default ${JSON.stringify(readFileSync(path, "utf8"))};`,
      moduleType: "js",
    }),
  },
};
