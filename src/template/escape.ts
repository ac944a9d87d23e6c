import { str } from "./repr.ts";
import { Markup } from "./values.ts";

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&#34;",
  "'": "&#39;",
};

/** Text with the five characters that mean something in HTML and XML replaced. */
export function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
}

/** The value as safe markup; what is markup already stays as it is. */
export function escapeHtml(value: unknown): Markup {
  return value instanceof Markup ? value : new Markup(escapeText(str(value)));
}
