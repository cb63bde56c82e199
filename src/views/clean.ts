import { stripVTControlCharacters } from 'node:util'

/**
 * Text from a host, fit for a terminal: without escape sequences, control characters and direction overrides, which could
 * move the cursor, rename the window or hide half a line. Tabs become spaces, line ends stay.
 */
export function clean(text: string): string {
  return (
    stripVTControlCharacters(text)
      .replaceAll(/\r\n?/g, '\n')
      .replaceAll('\t', '  ')
      // oxlint-disable-next-line no-control-regex -- they are what is looked for
      .replaceAll(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, '')
  )
}

/** The same on one line, for a cell or a title. */
export function cleanLine(text: string): string {
  return clean(text)
    .replaceAll(/\s*\n\s*/g, ' ')
    .trim()
}
