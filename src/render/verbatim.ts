/**
 * A text as the template that renders to it, byte for byte (but for a final newline, which rendering adds). Handlebars
 * reads `\{{` as two braces; where backslashes stand before them it takes one away, so they get one more and an empty
 * comment for it to be followed by.
 */
export function verbatim(text: string): string {
  return text.replaceAll(/(\\*)\{\{/g, (_all, slashes: string) => (slashes === '' ? '\\{{' : `${slashes}\\{{!}}\\{{`))
}
