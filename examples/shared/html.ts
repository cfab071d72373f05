/** Markup that is safe to send. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A template of markup: every value put into it is escaped, unless it is markup itself. */
export function html(parts: TemplateStringsArray, ...values: readonly (string | number | Html)[]): Html {
  const escaped = values.map((value) =>
    value instanceof Html ? value.text : String(value).replace(/[&<>"']/g, (character) => entities[character] ?? ''),
  );
  return new Html(String.raw({ raw: parts }, ...escaped));
}
